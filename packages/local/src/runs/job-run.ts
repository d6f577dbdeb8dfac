import { EXIT, LakewrightError } from '@lakewright/config';
import type { JobRun, TaskRun } from '@lakewright/jobs';
import type { LocalContext } from '../context';
import { localJobRunner } from '../jobs/job-runner';
import { readJob } from '../workspace/jobs';

export interface JobRunOptions {
  /** In place of the defaults of the job. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Run again what did not succeed in the last run. */
  readonly repair?: boolean;
  readonly runId?: string;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Told of each task that has ended. */
  readonly onTask?: (task: TaskRun) => void;
  /** Told of what a task is doing, and how many tasks have ended. */
  readonly onStep?: (step: string, done: number, total: number) => void;
}

/**
 * One run of a deployed job, or the repair of its last one.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_JOB (exit 2); what `JobRunner` throws. A run that failed is returned, not thrown: see `jobFailure`
 */
export async function runDeployedJob(context: LocalContext, name: string, options: JobRunOptions = {}): Promise<JobRun> {
  readJob(context.paths, name);
  const runner = localJobRunner(context);
  const { repair, runId, onStep, onTask, ...rest } = options;
  let latest: JobRun | undefined;
  const endedOf = (run: JobRun | undefined) => (run?.tasks ?? []).filter(({ result }) => result !== undefined);
  const tell = (step: string) => onStep?.(step, endedOf(latest).length, latest?.tasks.length ?? 0);
  const onChange = (run: JobRun) => {
    const before = new Set(endedOf(latest ?? run).map(({ key }) => key));
    latest = run;
    for (const task of endedOf(run)) if (!before.has(task.key)) onTask?.(task);
    const working = run.tasks.filter(({ state }) => state === 'RUNNING').map(({ key }) => key);
    tell(run.state === 'QUEUED' ? 'waiting for its turn' : working.join(', '));
  };
  const all = { ...rest, onChange, onStep: (task: string, step: string) => tell(`${task}: ${step}`) };
  return repair ? runner.repair(name, all) : runner.run(name, { ...all, ...(runId !== undefined && { id: runId }) });
}

/** The error of a run that did not end well, the failed task's first; undefined for one that did. */
export function jobFailure(run: JobRun): LakewrightError | undefined {
  if (run.result === 'SUCCESS' || run.result === 'SUCCESS_WITH_FAILURES') return undefined;
  const { code, message, hint } = run.error ?? {
    code: 'JOB_FAILED',
    message: `the run is ${run.result ?? run.state}`,
    hint: undefined,
  };
  const ways = 'lakewright run <system> <job> --repair runs again what did not succeed';
  return new LakewrightError(code, `job ${run.job}: ${message}`, {
    hint: hint ? `${hint}; ${ways}` : ways,
    exitCode: EXIT.failed,
  });
}
