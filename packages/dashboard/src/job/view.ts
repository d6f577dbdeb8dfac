/** How a task stands in a run; the words are those of the Jobs API in lower case. */
export type TaskStatus =
  | 'never'
  | 'blocked'
  | 'running'
  | 'waiting_for_retry'
  | 'success'
  | 'failed'
  | 'timedout'
  | 'canceled'
  | 'excluded'
  | 'upstream_failed'
  | 'upstream_canceled'
  | 'skipped';

/** How a run stands. */
export type JobRunStatus =
  | 'queued'
  | 'running'
  | 'success'
  | 'success_with_failures'
  | 'failed'
  | 'timedout'
  | 'canceled'
  | 'interrupted'
  | 'maximum_concurrent_runs_reached';

/** A task of a job with what the last run did of it. */
export interface TaskView {
  readonly key: string;
  /** `pipeline`, `python`, `sql`, `condition`, `run job`. */
  readonly kind: string;
  /** What it runs or compares. */
  readonly about: string;
  readonly status: TaskStatus;
  readonly attempts: number;
  readonly durationMs?: number;
  /** Of a condition; otherwise what it did, in a few words. */
  readonly detail?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** Page of what it runs: the pipeline, the other job. */
  readonly page?: string;
  /** Whether it has written a log. */
  readonly logged: boolean;
}

/** One run in the history. */
export interface JobRunView {
  readonly id: string;
  readonly status: JobRunStatus;
  /** ISO time. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** `by hand`, `schedule`, `files`, `another job`. */
  readonly startedBy: string;
  readonly repairs: number;
  readonly reason?: string;
  /** By task; a task that the job did not have then is missing. */
  readonly tasks: Readonly<Record<string, TaskStatus>>;
}

/** A job with its last runs: all that its page shows. */
export interface JobView {
  readonly id: string;
  readonly name: string;
  /** What starts it by itself, in words. */
  readonly starts: string;
  readonly tasks: readonly TaskView[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly outcome?: string }[];
  /** Latest first. */
  readonly runs: readonly JobRunView[];
}
