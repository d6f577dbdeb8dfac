/**
 * A job as it is defined: what the Jobs API calls job settings, as far as a laptop can run it.
 * Source: docs.databricks.com, "Configure and edit tasks in Lakeflow Jobs" and the Jobs API 2.2.
 */

/** When a task runs, seen from those it depends on. Source: "Configure task dependencies". */
export const RUN_IF = [
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
] as const;
export type RunIf = (typeof RUN_IF)[number];

/** What a condition compares with. Source: "Add branching logic to a job with the If/else task". */
export const CONDITION_OPERATORS = [
  'EQUAL_TO',
  'NOT_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

export interface PipelineAction {
  readonly kind: 'pipeline';
  /** Name of the pipeline. */
  readonly pipeline: string;
  readonly fullRefresh: boolean;
}

export interface PythonAction {
  readonly kind: 'python';
  /** Path of the file in the workspace. */
  readonly file: string;
  /** Arguments of its command line. */
  readonly parameters: readonly string[];
}

export interface SqlAction {
  readonly kind: 'sql';
  /** Path of the file in the workspace. */
  readonly file: string;
  /** Values of `:name` in the statements. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ConditionAction {
  readonly kind: 'condition';
  readonly left: string;
  readonly operator: ConditionOperator;
  readonly right: string;
}

export interface RunJobAction {
  readonly kind: 'run_job';
  /** Name of the job. */
  readonly job: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export type TaskAction = PipelineAction | PythonAction | SqlAction | ConditionAction | RunJobAction;
export type TaskKind = TaskAction['kind'];

/** A task that must have ended; for a condition, with the outcome that must have come. */
export interface TaskDependency {
  readonly task: string;
  readonly outcome?: 'true' | 'false';
}

export interface JobTask {
  readonly key: string;
  readonly action: TaskAction;
  readonly dependsOn: readonly TaskDependency[];
  readonly runIf: RunIf;
  /** Attempts after the first one; -1 for as many as it takes. */
  readonly maxRetries: number;
  /** Least time between the starts of two attempts. */
  readonly minRetryIntervalMillis: number;
  readonly retryOnTimeout: boolean;
  /** Of one attempt; 0 for none. */
  readonly timeoutSeconds: number;
}

/** What starts a job by itself. Source: "Automating jobs with schedules and triggers". */
export type JobTrigger =
  | { readonly kind: 'schedule'; readonly cron: string; readonly timezone: string; readonly paused: boolean }
  | {
      readonly kind: 'file_arrival';
      /** A volume or an external location, or a folder in one. */
      readonly url: string;
      readonly minTimeBetweenTriggersSeconds: number;
      readonly waitAfterLastChangeSeconds: number;
      readonly paused: boolean;
    }
  | {
      readonly kind: 'periodic';
      readonly interval: number;
      readonly unit: 'HOURS' | 'DAYS' | 'WEEKS';
      readonly paused: boolean;
    };

export interface JobDefinition {
  /** Unique among the deployed jobs. */
  readonly name: string;
  /** `{{job.id}}` */
  readonly id: string;
  readonly tasks: readonly JobTask[];
  /** Names and defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of a run; 0 for none. */
  readonly timeoutSeconds: number;
  readonly maxConcurrentRuns: number;
  /** Whether a run beyond that waits; it is skipped otherwise. */
  readonly queue: boolean;
  /** Whom its tasks run as: user name or application id. */
  readonly runAs?: string;
  readonly trigger?: JobTrigger;
}
