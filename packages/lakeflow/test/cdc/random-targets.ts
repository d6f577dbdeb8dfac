import { type Random, random } from '../../../../test/support/random';
import { foldEvents, type ModelEvent, type Row } from './model';

/** The columns of every source; `seq` and `op` do not reach the target. */
export const SOURCE =
  'feed INT, id INT, seq INT, op STRING, a STRING, b INT, s STRUCT<x: INT, t: STRUCT<y: STRING, z: INT>>, l ARRAY<INT>';
const VALUES = ['a', 'b', 's', 'l'] as const;

type Choice = { readonly kind: 'all' } | { readonly kind: 'list' | 'except'; readonly names: readonly string[] };

/** A flow: its source is a table of its own. */
interface RandomFlow {
  readonly source: string;
  readonly ignore: Choice | undefined;
  readonly deletes: boolean;
  readonly truncates: boolean;
}

interface SourceEvent {
  readonly flow: number;
  readonly row: Row;
}

/**
 * One target of AUTO CDC with clauses chosen at random, and many feeds into it: small lists of events of keys that no other feed has,
 * so that one update checks them all. In the order of their arrival: late ones, duplicates, deletes of keys that never were, truncates
 * without keys. No two different events of a key share a sequence, and no event shares that of a truncate.
 */
export class RandomTarget {
  readonly flows: readonly RandomFlow[];
  readonly batches: number;
  private readonly scdType: 1 | 2;
  private readonly track: Choice;
  private readonly arrivals: readonly (readonly SourceEvent[])[];

  constructor(
    readonly name: string,
    seed: number,
    readonly feeds: number,
  ) {
    const next = random(seed);
    this.scdType = next(5) < 2 ? 1 : 2;
    this.track = next(2) === 0 ? { kind: 'all' } : choice(next);
    const truncates = this.scdType === 1 && next(2) === 0;
    const flow = (source: string): RandomFlow => ({
      source,
      ignore: [undefined, { kind: 'all' } as const, choice(next)][next(3)],
      deletes: next(4) > 0,
      truncates: truncates && next(4) > 0,
    });
    this.flows = next(3) === 0 ? [flow(`${name}_x`), flow(`${name}_y`)] : [flow(`${name}_x`)];
    this.batches = 1 + next(5);
    const arrived = truncates
      ? this.withTruncates(next)
      : Array.from({ length: feeds }, (_, feed) => this.feed(next, feed, 1)).flat();
    this.arrivals = Array.from({ length: this.batches }, () => []) as SourceEvent[][];
    for (const event of arrived) (this.arrivals[next(this.batches)] as SourceEvent[]).push(event);
  }

  get sql(): string {
    const flows = this.flows.map(
      ({ source, ignore, deletes, truncates }) =>
        `CREATE FLOW f_${source} AS AUTO CDC INTO ${this.name} FROM STREAM(${source}) KEYS (feed, id)` +
        `${ignore ? ` IGNORE NULL UPDATES${ignore.kind === 'all' ? '' : ` ON ${selection(ignore)}`}` : ''}` +
        `${deletes ? " APPLY AS DELETE WHEN op = 'd'" : ''}${truncates ? " APPLY AS TRUNCATE WHEN op = 't'" : ''}` +
        ` SEQUENCE BY seq COLUMNS * EXCEPT (op, seq) STORED AS SCD TYPE ${this.scdType}` +
        `${this.scdType === 2 ? ` TRACK HISTORY ON ${selection(this.track)}` : ''};`,
    );
    return [`CREATE OR REFRESH STREAMING TABLE ${this.name};`, ...flows].join('\n');
  }

  /** What arrives in a batch, by source. */
  rows(batch: number): ReadonlyMap<string, readonly Row[]> {
    const events = this.arrivals[batch] ?? [];
    return new Map(
      this.flows.map(({ source }, flow) => [source, events.filter((event) => event.flow === flow).map(({ row }) => row)]),
    );
  }

  /** The rows of the target after the first batches. */
  expected(batches: number): readonly Row[] {
    const seen = new Set<string>();
    const events = this.arrivals
      .slice(0, batches)
      .flat()
      .filter((event) => !seen.has(JSON.stringify(event)) && seen.add(JSON.stringify(event)))
      .map((event) => this.judge(event));
    return foldEvents({ scdType: this.scdType, tracked: chosen(this.track) }, events);
  }

  private judge({ flow: number, row }: SourceEvent): ModelEvent {
    const flow = this.flows[number]!;
    const { op, seq, ...columns } = row;
    const kind = flow.truncates && op === 't' ? 'truncate' : flow.deletes && op === 'd' ? 'delete' : 'upsert';
    const ignored = flow.ignore ? chosen(flow.ignore) : [];
    return { kind, key: `${row['feed']}/${row['id']}`, sequence: Number(seq), row: columns, ignored };
  }

  /** Events of one feed; sequences are multiples of `step`. */
  private feed(next: Random, feed: number, step: number): readonly SourceEvent[] {
    const events: SourceEvent[] = [];
    const taken = new Set<string>();
    for (let n = 3 + next(12); n > 0; n -= 1) {
      const [id, seq] = [next(2), next(40) * step];
      if (taken.has(`${id}/${seq}`)) continue;
      taken.add(`${id}/${seq}`);
      events.push({
        flow: next(this.flows.length),
        row: { feed, id, seq, op: ['d', 'u', 'u', 'u', null][next(5)]!, ...values(next) },
      });
      if (next(5) === 0) events.push(events[next(events.length)]!);
    }
    return events;
  }

  /** Truncates hit every feed of the target: a few low ones, so that something is left. */
  private withTruncates(next: Random): readonly SourceEvent[] {
    const nothing = { a: null, b: null, s: null, l: null };
    const truncates = Array.from({ length: 1 + next(3) }, () => ({
      flow: next(this.flows.length),
      row: { feed: next(2) === 0 ? null : next(this.feeds), id: null, seq: next(25) * 2 + 1, op: 't', ...nothing },
    })).filter(({ flow }) => this.flows[flow]!.truncates);
    return [...truncates, ...Array.from({ length: this.feeds }, (_, feed) => this.feed(next, feed, 2)).flat()];
  }
}

function values(next: Random): Row {
  const maybe = <T>(value: T): T | null => (next(2) === 0 ? null : value);
  const inner = () => ({ y: maybe(['p', 'q'][next(2)]!), z: maybe(next(2)) });
  return {
    a: maybe(['a', 'b'][next(2)]!),
    b: maybe(next(3)),
    s: maybe({ x: maybe(next(2)), t: maybe(inner()) }),
    l: maybe([next(2), maybe(1)].slice(next(2))),
  };
}

function choice(next: Random): Choice {
  const names = VALUES.filter(() => next(2) === 0);
  if (names.length === 0) return { kind: 'all' };
  return { kind: next(2) === 0 ? 'list' : 'except', names };
}

function chosen(of: Choice): readonly string[] {
  return VALUES.filter((name) => of.kind === 'all' || of.names.includes(name) === (of.kind === 'list'));
}

function selection(of: Choice): string {
  if (of.kind === 'all') return '*';
  return `${of.kind === 'except' ? '* EXCEPT ' : ''}(${of.names.join(', ')})`;
}
