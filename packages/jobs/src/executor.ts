import type { PipelineAction, PythonAction, SqlAction } from './definition';

/** What an executor knows of the attempt that it makes. */
export interface TaskExecution {
  readonly job: string;
  /** Id of the run of the job. */
  readonly run: string;
  readonly task: string;
  /** From 1. */
  readonly attempt: number;
  /** Whom the task runs as; undefined where the job does not say. */
  readonly runAs?: string;
  /** Given when time is up or the run is cancelled: the executor ends what it started, then throws or returns. */
  readonly signal: AbortSignal;
  /** File that takes what the task says; its folder is there. */
  readonly logFile: string;
  /** Values that tasks before it have set, by task. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Tells what is going on, for a live display. */
  readonly onStep: (step: string) => void;
}

/** What an attempt that succeeded leaves. */
export interface TaskOutput {
  /** Values for the tasks after it. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** What it did, in a few words. */
  readonly detail?: string;
}

/**
 * Does what a task asks for; references are put in already. What it throws fails the attempt. When it returns or throws, nothing of the
 * attempt goes on.
 */
export type TaskExecutor<Action> = (action: Action, execution: TaskExecution) => Promise<TaskOutput>;

/** What the runner of jobs needs from outside: a port for every kind of task that does something of itself. */
export interface Executors {
  readonly pipeline: TaskExecutor<PipelineAction>;
  readonly python: TaskExecutor<PythonAction>;
  readonly sql: TaskExecutor<SqlAction>;
}
