import { type Clock, type JobDefinition, type JobRun, type RunTrigger, systemClock, watchJobs } from '@lakewright/jobs';
import type { LocalContext } from '../context';
import { jobs } from '../workspace/jobs';
import { filesAt } from './arrivals';
import { localJobRunner } from './job-runner';

export interface WatchOptions {
  /** Ends the watch; the runs that it began are waited for. */
  readonly signal: AbortSignal;
  /** Told of a run that begins. */
  readonly onFired: (job: string, trigger: RunTrigger) => void;
  /** Told of a run that has ended, well or not. */
  readonly onEnded: (run: JobRun) => void;
  /** Told of a trigger that could not be looked at, and of a job that could not be run. */
  readonly onError: (job: string, error: unknown) => void;
  /** @default the clock of this machine */
  readonly clock?: Clock;
}

/** The deployed jobs, sorted by name. */
export function deployedJobs(context: Pick<LocalContext, 'paths'>): readonly JobDefinition[] {
  const deployed = jobs(context.paths);
  return deployed.keys().flatMap((name) => deployed.get(name) ?? []);
}

/** Fires the deployed jobs by their schedules and triggers, those deployed meanwhile too, until the signal. */
export function watchDeployedJobs(context: LocalContext, options: WatchOptions): Promise<void> {
  const { signal, clock = systemClock } = options;
  const runner = localJobRunner(context, clock);
  return watchJobs({
    jobs: () => deployedJobs(context),
    files: (url) => filesAt(context, url),
    fire: async ({ name }, trigger) => {
      options.onFired(name, trigger);
      options.onEnded(await runner.run(name, { trigger }));
    },
    onError: ({ name }, error) => options.onError(name, error),
    clock,
    signal,
  });
}
