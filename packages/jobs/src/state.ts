import type { ProcessIdentity } from '@lakewright/process';
import type { TaskDependency, TaskKind } from './definition';

/**
 * How a run and its tasks stand. The words are those of the Jobs API 2.2 (`life_cycle_state`, `result_state`); a run whose process died
 * is an INTERNAL_ERROR that FAILED.
 */
export type RunState = 'QUEUED' | 'RUNNING' | 'TERMINATED' | 'SKIPPED' | 'INTERNAL_ERROR';
export type RunResult =
  | 'SUCCESS'
  | 'SUCCESS_WITH_FAILURES'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'MAXIMUM_CONCURRENT_RUNS_REACHED';

export type TaskState = 'BLOCKED' | 'RUNNING' | 'WAITING_FOR_RETRY' | 'TERMINATED' | 'INTERNAL_ERROR' | 'SKIPPED';
export type TaskResult =
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'EXCLUDED'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'SKIPPED';

/** What went wrong, as a person reads it. */
export interface RunError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** One attempt at a task. */
export interface Attempt {
  readonly id: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly result?: TaskResult;
  readonly error?: RunError;
}

export interface TaskRun {
  readonly key: string;
  readonly kind: TaskKind;
  /** What it does: name of the pipeline or job, path of the file, the comparison. */
  readonly about: string;
  readonly dependsOn: readonly TaskDependency[];
  readonly state: TaskState;
  readonly result?: TaskResult;
  readonly attempts: readonly Attempt[];
  /** Of a condition. */
  readonly outcome?: 'true' | 'false';
  /** Set by the task for those after it. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** What it did, in a few words: "3 tables written". */
  readonly detail?: string;
  /** Why it failed, or was not run. */
  readonly error?: RunError;
}

/** What started a run; names as in `{{job.trigger.type}}`. */
export interface RunTrigger {
  readonly type: 'one_time' | 'periodic' | 'file_arrival' | 'run_job_task';
  /** When it was due: `{{job.trigger.time}}`; for a run that a person starts, when that was. */
  readonly time: string;
  /** Where the files came: `{{job.trigger.file_arrival.location}}`. */
  readonly location?: string;
  /** Id of the run whose task started it. */
  readonly parent?: string;
}

/** One run of a job: the document that its history keeps. */
export interface JobRun {
  readonly id: string;
  readonly job: string;
  readonly trigger: RunTrigger;
  readonly parameters: Readonly<Record<string, string>>;
  readonly runAs?: string;
  /** ISO time of the first start, which a repair does not change. */
  readonly startedAt: string;
  /** ISO time of the start, or of the last repair. */
  readonly begunAt: string;
  readonly endedAt?: string;
  /** What it took before the last repair. */
  readonly ranMs: number;
  readonly state: RunState;
  readonly result?: RunResult;
  readonly error?: RunError;
  /** How often it was repaired. */
  readonly repairs: number;
  /** Who runs it now, or ran it last. */
  readonly process?: ProcessIdentity;
  readonly tasks: readonly TaskRun[];
}

/** Whether nothing more happens to a run unless it is repaired. */
export function hasEnded({ state }: Pick<JobRun, 'state'>): boolean {
  return state !== 'QUEUED' && state !== 'RUNNING';
}

/** How long a run has taken, without the time between an end and a repair. */
export function durationMs(run: JobRun, now: number): number {
  return run.ranMs + Math.max(0, (run.endedAt === undefined ? now : Date.parse(run.endedAt)) - Date.parse(run.begunAt));
}

/** How long a task has been at work, all attempts together. */
export function taskDurationMs({ attempts }: TaskRun, now: number): number {
  const end = (endedAt: string | undefined) => (endedAt === undefined ? now : Date.parse(endedAt));
  return attempts.reduce((sum, { startedAt, endedAt }) => sum + Math.max(0, end(endedAt) - Date.parse(startedAt)), 0);
}

/** The first task that went wrong of itself, in the order in which they ended. */
export function firstFailure(run: JobRun): TaskRun | undefined {
  const endOf = (task: TaskRun) => task.attempts.at(-1)?.endedAt ?? '~';
  return run.tasks
    .filter(({ result }) => result === 'FAILED' || result === 'TIMEDOUT')
    .sort((a, b) => (endOf(a) < endOf(b) ? -1 : 1))[0];
}
