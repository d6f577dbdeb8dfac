import type { Clock } from '../clock';
import type { JobDefinition, JobTrigger } from '../definition';
import type { RunTrigger } from '../state';
import { nextFire } from './quartz';

export interface WatchOptions {
  /** The jobs as they are deployed now: asked at every look. */
  readonly jobs: () => readonly JobDefinition[];
  /** Runs a job to its end; the watch goes on meanwhile. */
  readonly fire: (job: JobDefinition, trigger: RunTrigger) => Promise<unknown>;
  /** The paths of the files below a volume or an external location. */
  readonly files: (url: string) => Promise<readonly string[]>;
  /** Told of a trigger that could not be looked at. */
  readonly onError: (job: JobDefinition, error: unknown) => void;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Most time between two looks. @default 5 s; the platform looks for files about once a minute */
  readonly lookMs?: number;
}

/** What is remembered of a trigger from one look to the next; a trigger that was changed begins anew. */
interface Watched {
  readonly definition: string;
  /** When a schedule or a period is due. */
  due?: number;
  /** Files that were there at the last look. */
  known?: ReadonlySet<string>;
  /** When new files were last seen, while they have fired nothing. */
  arrived?: number;
  fired?: number;
}

const PERIOD_MS = { HOURS: 3_600_000, DAYS: 86_400_000, WEEKS: 604_800_000 };

/**
 * Fires the jobs whose schedule or trigger is not paused, until the signal; then waits for the runs that it began. What was due, or
 * arrived, while nobody watched is not made up for.
 * Source: docs.databricks.com, "Automating jobs with schedules and triggers" and "Trigger jobs when new files arrive".
 */
export async function watchJobs(options: WatchOptions): Promise<void> {
  const { clock, signal, lookMs = 5_000 } = options;
  const watched = new Map<string, Watched>();
  const running = new Set<Promise<unknown>>();
  while (!signal.aborted) {
    let next = clock.now() + lookMs;
    for (const job of options.jobs()) {
      const { trigger } = job;
      if (trigger === undefined || trigger.paused) {
        watched.delete(job.name);
        continue;
      }
      try {
        const state = stateOf(watched, job.name, trigger);
        const due = await look(trigger, state, options);
        if (state.due !== undefined) next = Math.min(next, state.due);
        if (due === undefined || signal.aborted) continue;
        const run = options.fire(job, due).catch((error: unknown) => options.onError(job, error));
        running.add(run);
        run.finally(() => running.delete(run));
      } catch (error) {
        options.onError(job, error);
      }
    }
    await clock.sleep(Math.max(0, next - clock.now()), signal);
  }
  await Promise.all(running);
}

function stateOf(watched: Map<string, Watched>, job: string, trigger: JobTrigger): Watched {
  const definition = JSON.stringify(trigger);
  const known = watched.get(job);
  if (known?.definition === definition) return known;
  const fresh: Watched = { definition };
  watched.set(job, fresh);
  return fresh;
}

/** What has to be fired now, if anything. */
async function look(trigger: JobTrigger, state: Watched, { clock, files }: WatchOptions): Promise<RunTrigger | undefined> {
  const now = clock.now();
  if (trigger.kind === 'file_arrival') return lookForFiles(trigger, state, await files(trigger.url), clock.now());
  const following = () =>
    trigger.kind === 'schedule' ? nextFire(trigger, now) : now + trigger.interval * PERIOD_MS[trigger.unit];
  const due = state.due;
  if (due === undefined || now < due) {
    state.due ??= following();
    return undefined;
  }
  state.due = following();
  return { type: 'periodic', time: new Date(due).toISOString() };
}

/** Only new names count: a file that is written again fires nothing. */
function lookForFiles(
  trigger: Extract<JobTrigger, { kind: 'file_arrival' }>,
  state: Watched,
  present: readonly string[],
  now: number,
): RunTrigger | undefined {
  const { known } = state;
  state.known = new Set(present);
  if (known === undefined) return undefined;
  if (present.some((path) => !known.has(path))) state.arrived = now;
  if (state.arrived === undefined || now < state.arrived + trigger.waitAfterLastChangeSeconds * 1000) return undefined;
  if (state.fired !== undefined && now < state.fired + trigger.minTimeBetweenTriggersSeconds * 1000) return undefined;
  state.arrived = undefined;
  state.fired = now;
  return { type: 'file_arrival', time: new Date(now).toISOString(), location: trigger.url };
}
