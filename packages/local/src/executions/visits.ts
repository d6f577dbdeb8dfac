import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** What an execution did of one state. */
export interface StateVisits {
  readonly state: string;
  /** Task, Choice, Wait, Pass, Parallel, Map, Succeed, Fail. */
  readonly kind: string;
  readonly entered: number;
  /** Times that it came to its end; the others failed in it, or are in it now. */
  readonly exited: number;
  /** Time in which something was in it, that of parallel branches once; none where nothing has come to its end. */
  readonly seconds?: number;
}

/** The states of a history (docs: "GetExecutionHistory"), in the order of their first entries. Names are unique in a machine. */
export function visitsOf(events: readonly HistoryEvent[]): readonly StateVisits[] {
  const visits = new Map<string, Visits>();
  for (const { type = '', timestamp, stateEnteredEventDetails, stateExitedEventDetails } of events) {
    const [, kind, what] = /^(\w+)State(Entered|Exited)$/.exec(type) ?? [];
    const name = (stateEnteredEventDetails ?? stateExitedEventDetails)?.name;
    if (kind === undefined || name === undefined || timestamp === undefined) continue;
    const state = visits.get(name) ?? new Visits(kind);
    visits.set(name, state);
    if (what === 'Entered') state.enter(timestamp.getTime());
    else state.exit(timestamp.getTime());
  }
  return [...visits].map(([state, each]) => ({ state, ...each.told() }));
}

/** A path with what is repeated told once: `Wait for replication (×4), Look at replication (×5), Silver tables`. */
export function shortPath(states: readonly Pick<StateVisits, 'state' | 'entered'>[]): readonly string[] {
  return states.map(({ state, entered }) => (entered > 1 ? `${state} (×${entered})` : state));
}

class Visits {
  private readonly entries: number[] = [];
  private readonly spans: [from: number, to: number][] = [];
  private entered = 0;

  constructor(private readonly kind: string) {}

  enter(at: number): void {
    this.entered += 1;
    this.entries.push(at);
  }

  /** Belongs to the latest entry: an attempt that failed never exits, and the next one does. */
  exit(at: number): void {
    const from = this.entries.pop();
    if (from !== undefined) this.spans.push([from, at]);
  }

  told(): Omit<StateVisits, 'state'> {
    const exited = this.spans.length;
    const seconds = exited > 0 ? { seconds: covered(this.spans) / 1000 } : {};
    return { kind: this.kind, entered: this.entered, exited, ...seconds };
  }
}

/** Length of what spans cover together. */
function covered(spans: readonly (readonly [from: number, to: number])[]): number {
  let [total, reached] = [0, 0];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total;
}
