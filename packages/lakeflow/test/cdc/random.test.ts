import { join } from 'node:path';
import { TestLake } from '../support/lake';
import { plainRows } from '../support/plain-rows';
import { withSail } from '../support/sail';

/** A change of one of many feeds; feeds share tables and never keys, so that hundreds of them are checked by a few updates. */
interface Event {
  readonly feed: number;
  readonly id: number;
  readonly seq: number;
  readonly gone: boolean | null;
  readonly tracked: string | null;
  readonly other: number | null;
}

const FEEDS = 300;
const CUTS = [1, 3, 4] as const;

/** The same numbers on every machine (a linear congruential generator; the constants of Numerical Recipes). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Events in the order in which they arrive: late ones, duplicates, deletions of keys that never were. Sequences do not tie. */
function eventsOf(feed: number): readonly Event[] {
  const next = random(feed + 1);
  const events: Event[] = [];
  const taken = new Set<string>();
  for (let n = 4 + next(12); n > 0; n -= 1) {
    const [id, seq] = [next(2), next(40)];
    if (taken.has(`${id}/${seq}`)) continue;
    taken.add(`${id}/${seq}`);
    const gone = [true, false, false, null][next(4)] as boolean | null;
    const tracked = ['a', 'b', null][next(3)] as string | null;
    events.push({ feed, id, seq, gone, tracked, other: next(3) === 0 ? null : next(3) });
    if (next(5) === 0) events.push(events[next(events.length)]!);
  }
  return events;
}

/** The versions of one key, by replaying its events in the order of their sequence. */
function replay(events: readonly Event[]) {
  const versions: { tracked: string | null; other: number | null; from: number; to: number | null }[] = [];
  let open = false;
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    const last = versions.at(-1);
    if (open && last && !event.gone && last.tracked === event.tracked) {
      last.other = event.other;
      continue;
    }
    if (open && last) last.to = event.seq;
    open = event.gone !== true;
    if (open) versions.push({ tracked: event.tracked, other: event.other, from: event.seq, to: null });
  }
  return { versions, latest: open ? versions.at(-1) : undefined };
}

function model(events: readonly Event[]) {
  const unique = [...new Map(events.map((event) => [`${event.feed}/${event.id}/${event.seq}`, event])).values()];
  const keys = new Map<string, Event[]>();
  for (const event of unique) keys.set(`${event.feed}/${event.id}`, [...(keys.get(`${event.feed}/${event.id}`) ?? []), event]);
  const history: Record<string, unknown>[] = [];
  const current: Record<string, unknown>[] = [];
  for (const mine of keys.values()) {
    const { feed, id } = mine[0]!;
    const { versions } = replay(mine);
    for (const { tracked, other, from, to } of versions)
      history.push({ feed, id, tracked, other, __START_AT: from, __END_AT: to });
    const newest = mine.reduce((a, b) => (b.seq > a.seq ? b : a));
    if (!newest.gone) current.push({ feed, id, tracked: newest.tracked, other: newest.other });
  }
  return { history: plainRows(history), current: plainRows(current) };
}

const SQL = `
CREATE OR REFRESH STREAMING TABLE history;
CREATE FLOW h AS AUTO CDC INTO history FROM STREAM(events) KEYS (feed, id) APPLY AS DELETE WHEN gone SEQUENCE BY seq
  COLUMNS * EXCEPT (gone, seq) STORED AS SCD TYPE 2 TRACK HISTORY ON * EXCEPT (other);
CREATE OR REFRESH STREAMING TABLE current;
CREATE FLOW c AS AUTO CDC INTO current FROM STREAM(events) KEYS (feed, id) APPLY AS DELETE WHEN gone SEQUENCE BY seq
  COLUMNS (feed, id, tracked, other) STORED AS SCD TYPE 1;
`;
const SCHEMA = 'feed INT, id INT, seq INT, gone BOOLEAN, tracked STRING, other INT';

describe('AUTO CDC of random feeds', () => {
  const sail = withSail();
  const feeds = Array.from({ length: FEEDS }, (_, feed) => eventsOf(feed));

  test.each(CUTS)('gives what a replay gives, cut into %i batches', async (batches) => {
    const lake = new TestLake(sail.engine, join(sail.folder, `random-${batches}`), SQL);
    const cut = random(batches);
    const parts = feeds.map((events) => events.map((event) => [cut(batches), event] as const).sort(([a], [b]) => a - b));
    const arrived: Event[] = [];
    for (let batch = 0; batch < batches; batch += 1) {
      const rows = parts.flatMap((part) => part.filter(([at]) => at === batch).map(([, event]) => event));
      arrived.push(...rows);
      await lake.append(
        'events',
        SCHEMA,
        rows.map((row) => ({ ...row })),
      );
      await lake.update();
      const { history, current } = model(arrived);
      expect(await lake.rows('history')).toEqual(history);
      expect(await lake.rows('current')).toEqual(current);
    }
  });

  test('decides between different events of one sequence alike, whatever the batches', async () => {
    const ties: readonly Event[] = ['a', 'b', 'c', null].flatMap((tracked, other) =>
      [1, 2, 3].map((feed) => ({ feed, id: 1, seq: 5, gone: feed === 3 && tracked === 'b', tracked, other })),
    );
    const results: (readonly string[])[] = [];
    for (const [number, order] of [ties, ties.toReversed()].entries()) {
      const together = new TestLake(sail.engine, join(sail.folder, `ties-${number}`), SQL);
      await together.append(
        'events',
        SCHEMA,
        order.map((row) => ({ ...row })),
      );
      await together.update();
      results.push([...(await together.rows('history')), ...(await together.rows('current'))]);
      const apart = new TestLake(sail.engine, join(sail.folder, `ties-apart-${number}`), SQL);
      for (const row of order) {
        await apart.append('events', SCHEMA, [{ ...row }]);
        await apart.update();
      }
      results.push([...(await apart.rows('history')), ...(await apart.rows('current'))]);
    }
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]!.filter((row) => row.includes('"feed":3'))).toEqual([]);
    expect(results[0]).toHaveLength(4);
  });
});
