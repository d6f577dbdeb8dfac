import { ensureServices, type LocalContext, watchDeployedJobs } from '@lakewright/local';
import { type Progress, silent } from './progress';

export interface WatchWorkflowOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** @default nobody is told */
  readonly progress?: Progress;
}

/**
 * Fires the deployed jobs by their schedules and triggers until the signal; runs that go on then are waited for. A run that fails ends
 * nothing: it is told, and its history keeps it.
 *
 * @throws LakewrightError what `ensureServices` throws
 */
export async function watch(context: LocalContext, { signal, progress = silent }: WatchWorkflowOptions): Promise<void> {
  const ensured = await ensureServices(context);
  for (const notice of ensured.notices) progress.notice(notice);
  await watchDeployedJobs(context, {
    signal,
    onFired: (job, { type, time, location }) =>
      progress.notice(`${job}: ${type === 'periodic' ? `due at ${time}` : `files in ${location}`}`),
    onEnded: (run) =>
      progress.notice(`${run.job}: ${run.result}${run.error ? ` (${run.error.code}: ${run.error.message})` : ''}`),
    onError: (job, error) => progress.notice(`${job}: ${(error as Error).message}`),
  });
}
