import { LakewrightError, readManifest } from '@lakewright/config';
import { taskDurationMs } from '@lakewright/jobs';
import {
  type EnsureResult,
  ensureServices,
  executionFailure,
  findRun,
  jobFailure,
  type LocalContext,
  type RecoverOptions,
  type Recovery,
  type ReplicatedTable,
  type RunOptions,
  type RunSummary,
  recover,
  runSystem,
  type ValidationResult,
  validateRun,
} from '@lakewright/local';
import { type Progress, silent } from './progress';

/** A run that was done to its end and did not end well, with what it did. */
export class RunFailedError extends LakewrightError {
  constructor(
    cause: LakewrightError,
    readonly summary: RunSummary,
  ) {
    super(cause.code, cause.message, { hint: cause.hint, exitCode: cause.exitCode, cause });
    this.name = 'RunFailedError';
  }
}

export interface RunAgainOptions extends Omit<RunOptions, 'onProgress' | 'onTask'> {
  /** @default nobody is told */
  readonly progress?: Progress;
}

/**
 * One run of a system that is deployed: starts what does not run, makes good what a kill left behind, runs.
 *
 * @throws LakewrightError CONFIG_UNKNOWN_SYSTEM, LOCAL_UNKNOWN_RUN before anything is started; what `ensureServices`, `recover` and `runSystem` throw
 * @throws RunFailedError for a job whose run failed
 */
export async function runAgain(
  context: LocalContext,
  system: string,
  run: string,
  { progress = silent, ...options }: RunAgainOptions = {},
): Promise<RunSummary> {
  // Before anything is started for it.
  findRun(readManifest(context.root, system), run);
  const ensured = await ensureServices(context);
  for (const notice of ensured.notices) progress.notice(notice);
  await makeGood(context, ensured, {}, progress);
  return runStep(context, system, run, options, progress);
}

/**
 * Checks the pipeline of a run as one step, without running it.
 *
 * @throws LakewrightError what `ensureServices` and `validateRun` throw
 */
export async function validate(
  context: LocalContext,
  system: string,
  run: string,
  progress: Progress = silent,
): Promise<ValidationResult> {
  const ensured = await ensureServices(context);
  for (const notice of ensured.notices) progress.notice(notice);
  return progress.step(`${system} ${run}: validate`, async (note) => {
    const result = await validateRun(context, system, run);
    note(`${result.datasets.length} datasets`);
    return result;
  });
}

/** After an unclean stop: what was made good, as a notice; nothing otherwise. */
export async function makeGood(
  context: LocalContext,
  ensured: EnsureResult,
  options: RecoverOptions,
  progress: Progress,
): Promise<Recovery | undefined> {
  const recovery = await recover(context, ensured, options);
  if (recovery) progress.notice(`S3 events sent again from the object versions: ${recovery.replayed}`);
  return recovery;
}

/** One run of a system as one step. */
export async function runStep(
  context: LocalContext,
  system: string,
  run: string,
  options: Omit<RunOptions, 'onProgress' | 'onTask'>,
  progress: Progress,
): Promise<RunSummary> {
  const summary = await progress.step(`${system} ${run}`, async (note) => {
    const result = await runSystem(context, system, run, {
      ...options,
      onProgress: ({ step, done, total }) => note(step, done, total),
      onTask: (task) => {
        const seconds = (taskDurationMs(task, Date.now()) / 1000).toFixed(1);
        progress.notice(`${task.key}: ${task.result}${task.attempts.length > 0 ? `, ${seconds} s` : ''}`);
      },
    });
    note(noteOf(result));
    const failure = (result.job && jobFailure(result.job)) || (result.execution && executionFailure(result.execution));
    if (failure) throw new RunFailedError(failure, result);
    return result;
  });
  for (const notice of summary.notices ?? []) progress.notice(notice);
  return summary;
}

/** What a step says when it has ended. */
function noteOf(summary: RunSummary): string {
  const { job, execution, events, kind } = summary;
  const pathNote = execution && `${execution.status}, ${execution.states.length} states`;
  return job?.result ?? pathNote ?? replicationNote(summary) ?? (events === undefined ? kind : `${events} events`);
}

/** `4 tables, 16 rows loaded, 3 changes`. */
function replicationNote({ replication }: RunSummary): string | undefined {
  if (!replication) return undefined;
  const sum = (of: (table: ReplicatedTable) => number) => replication.tables.reduce((total, table) => total + of(table), 0);
  const changes = sum(({ inserts, updates, deletes }) => inserts + updates + deletes);
  return `${replication.tables.length} tables, ${sum(({ fullLoadRows }) => fullLoadRows)} rows loaded, ${changes} changes`;
}
