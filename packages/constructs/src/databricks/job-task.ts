import type { JobTask } from '@cdktf/provider-databricks/lib/job';
import { Token } from 'cdktf';
import type { LakeflowJob } from './lakeflow-job';
import type { LakeflowPipeline } from './lakeflow-pipeline';
import type { Warehouse } from './warehouse';

/** When a task runs, seen from those it depends on. Source: docs.databricks.com, "Configure task dependencies". */
export type RunIf = 'ALL_SUCCESS' | 'AT_LEAST_ONE_SUCCESS' | 'NONE_FAILED' | 'ALL_DONE' | 'AT_LEAST_ONE_FAILED' | 'ALL_FAILED';

/** What a condition task compares with. Source: docs.databricks.com, "Add branching logic to a job with the If/else task". */
export type ConditionOperator =
  | 'EQUAL_TO'
  | 'NOT_EQUAL'
  | 'GREATER_THAN'
  | 'GREATER_THAN_OR_EQUAL'
  | 'LESS_THAN'
  | 'LESS_THAN_OR_EQUAL';

/** A task that must have ended first: its key; for a condition task with the outcome that must have come. */
export type TaskDependency = string | { readonly task: string; readonly outcome: boolean };

interface TaskSettings {
  /** @default it starts with the run */
  readonly dependsOn?: readonly TaskDependency[];
  /** @default ALL_SUCCESS */
  readonly runIf?: RunIf;
  /** Attempts after the first one, -1 for as many as it takes. @default 0 */
  readonly maxRetries?: number;
  /** Least time between the starts of two attempts. @default 0: at once */
  readonly minRetryIntervalMillis?: number;
  /** Whether an attempt that ran out of time is tried again. @default false */
  readonly retryOnTimeout?: boolean;
  /** @default it may take as long as the job */
  readonly timeoutSeconds?: number;
}

/** Updates a pipeline. */
export interface PipelineJobTask extends TaskSettings {
  readonly pipeline: LakeflowPipeline;
  /** Empties all its tables first. @default false */
  readonly fullRefresh?: boolean;
}

/**
 * Runs a Python file with the standard library, on serverless compute: it needs no cluster and no image, and costs while it runs.
 */
export interface PythonFileJobTask extends TaskSettings {
  /** Relative to the project: `apps/<system>/jobs/generate.py`. */
  readonly pythonFile: string;
  /** Files of the project that it imports by their names; they lie beside it. @default none */
  readonly modules?: readonly string[];
  /** Arguments of its command line; may hold dynamic value references such as `{{job.parameters.seed}}`. @default none */
  readonly parameters?: readonly string[];
}

/** Runs the statements of a SQL file on a warehouse. */
export interface SqlFileJobTask extends TaskSettings {
  /** Relative to the project: `apps/<system>/jobs/kpis.sql`. */
  readonly sqlFile: string;
  readonly warehouse: Warehouse;
  /** Values of `:name` in the file. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Compares two values; tasks that depend on it name the outcome they wait for. `EQUAL_TO` and `NOT_EQUAL` compare text, the others numbers. */
export interface ConditionJobTask extends TaskSettings {
  readonly condition: { readonly left: string; readonly operator: ConditionOperator; readonly right: string };
}

/** Runs another job and waits for it. */
export interface RunJobTask extends TaskSettings {
  readonly runJob: LakeflowJob;
  /** In place of that job's defaults. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** One task of a job: exactly one of `pipeline`, `pythonFile`, `sqlFile`, `condition`, `runJob`. */
export type LakeflowJobTask = PipelineJobTask | PythonFileJobTask | SqlFileJobTask | ConditionJobTask | RunJobTask;

/** The key that a job gives its serverless environment. */
export const ENVIRONMENT_KEY = 'default';

/** The file of a task that has one, relative to the project. */
export function fileOf(task: LakeflowJobTask): string | undefined {
  if ('pythonFile' in task) return task.pythonFile;
  return 'sqlFile' in task ? task.sqlFile : undefined;
}

/** The same, and the files that it imports. */
export function filesOf(task: LakeflowJobTask): readonly string[] {
  const file = fileOf(task);
  if (file === undefined) return [];
  return 'pythonFile' in task ? [file, ...(task.modules ?? [])] : [file];
}

/** A task as the provider takes it. @param file workspace path of its file, for a task that has one */
export function taskBlock(taskKey: string, task: LakeflowJobTask, file: string | undefined): JobTask {
  const { dependsOn, runIf, maxRetries, minRetryIntervalMillis, retryOnTimeout, timeoutSeconds } = task;
  return {
    taskKey,
    ...action(task, file),
    ...(dependsOn?.length && { dependsOn: dependsOn.map(dependencyBlock) }),
    ...(runIf !== undefined && { runIf }),
    ...(maxRetries !== undefined && { maxRetries }),
    ...(minRetryIntervalMillis !== undefined && { minRetryIntervalMillis }),
    ...(retryOnTimeout !== undefined && { retryOnTimeout }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

function dependencyBlock(dependency: TaskDependency) {
  return typeof dependency === 'string'
    ? { taskKey: dependency }
    : { taskKey: dependency.task, outcome: String(dependency.outcome) };
}

function action(task: LakeflowJobTask, file = ''): Omit<JobTask, 'taskKey'> {
  if ('pipeline' in task) {
    const { pipeline, fullRefresh } = task;
    return { pipelineTask: { pipelineId: pipeline.pipeline.id, ...(fullRefresh !== undefined && { fullRefresh }) } };
  }
  if ('pythonFile' in task) {
    const parameters = task.parameters?.length ? { parameters: [...task.parameters] } : {};
    return { sparkPythonTask: { pythonFile: file, source: 'WORKSPACE', ...parameters }, environmentKey: ENVIRONMENT_KEY };
  }
  if ('sqlFile' in task) {
    const parameters = task.parameters ? { parameters: { ...task.parameters } } : {};
    return {
      sqlTask: { warehouseId: task.warehouse.endpoint.id, file: { path: file, source: 'WORKSPACE' }, ...parameters },
    };
  }
  if ('condition' in task) {
    const { left, operator, right } = task.condition;
    return { conditionTask: { left, op: operator, right } };
  }
  const jobParameters = task.parameters ? { jobParameters: { ...task.parameters } } : {};
  return { runJobTask: { jobId: Token.asNumber(task.runJob.job.id), ...jobParameters } };
}
