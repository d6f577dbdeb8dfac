import { existsSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import {
  type ConditionOperator,
  type JobDefinition,
  type JobTask,
  type JobTrigger,
  type RunIf,
  type TaskAction,
  validateJob,
} from '@lakewright/jobs';
import type { DeployedResource, Deployment } from '../deployment/deployment';
import { workspaceFile } from '../workspace/files';
import { jobs } from '../workspace/jobs';
import type { ResourceRunner, Runner } from './runner';
import { type Block, block, blocks, optionalBoolean, optionalNumber, optionalText, text, textMap, texts } from './values';

const job: ResourceRunner = {
  limits:
    'pipeline, Python file, SQL file, condition and run-job tasks, on this machine and its Python; schedules and triggers fire while lakewright watch runs; nobody is notified',
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { local, deployment }) {
    const definition = jobDefinition(resource, deployment);
    validateJob(definition, (name) => {
      const other = deployment.resources.find(({ type, values }) => type === 'databricks_job' && values.name === name);
      return other && jobDefinition(other, deployment);
    });
    for (const { action } of definition.tasks) {
      if (!('file' in action) || existsSync(workspaceFile(local.paths, action.file))) continue;
      throw new LakewrightError('LOCAL_JOB_FILE', `${resource.address}: the workspace has no file ${action.file}`, {
        hint: 'deploy it as a databricks_workspace_file of the same path',
      });
    }
    return jobs(local.paths).put(definition.name, definition);
  },
  async remove({ identity }, { local }) {
    jobs(local.paths).delete(identity.name!);
  },
};

/** Jobs of Databricks. */
export const jobRunner: Runner = { family: 'job', resources: { databricks_job: job } };

/**
 * A job as it runs here. What it is told to do must be there; whether the whole makes sense is the business of `validateJob`.
 *
 * @throws LakewrightError LOCAL_JOB_TASK, LOCAL_JOB_TRIGGER for what does not run here
 */
export function jobDefinition(resource: DeployedResource, deployment: Deployment): JobDefinition {
  const { values } = resource;
  for (const kind of ['continuous', 'git_source']) {
    if (block(values, kind))
      throw refused(resource, 'LOCAL_JOB_TRIGGER', `${kind} does not run here`, 'a schedule; files of the workspace');
  }
  const runAs = block(values, 'run_as') ?? {};
  const principal = optionalText(runAs, 'service_principal_name') ?? optionalText(runAs, 'user_name');
  const trigger = triggerOf(resource);
  const parameters = blocks(values, 'parameter').map((each) => [String(each.name), optionalText(each, 'default') ?? ''] as const);
  return {
    name: text(resource, 'name'),
    id: text(resource, 'id'),
    tasks: blocks(values, 'task').map((task) => jobTask(resource, task, deployment)),
    parameters: Object.fromEntries(parameters),
    timeoutSeconds: optionalNumber(values, 'timeout_seconds') ?? 0,
    maxConcurrentRuns: optionalNumber(values, 'max_concurrent_runs') || 1,
    queue: optionalBoolean(block(values, 'queue') ?? {}, 'enabled') ?? false,
    ...(principal !== undefined && { runAs: principal }),
    ...(trigger && { trigger }),
  };
}

function jobTask(resource: DeployedResource, task: Block, deployment: Deployment): JobTask {
  const key = optionalText(task, 'task_key') ?? '';
  return {
    key,
    action: taskAction(resource, key, task, deployment),
    dependsOn: blocks(task, 'depends_on').map((each) => {
      const outcome = optionalText(each, 'outcome') as 'true' | 'false' | undefined;
      return { task: optionalText(each, 'task_key') ?? '', ...(outcome && { outcome }) };
    }),
    runIf: (optionalText(task, 'run_if') ?? 'ALL_SUCCESS') as RunIf,
    maxRetries: optionalNumber(task, 'max_retries') ?? 0,
    minRetryIntervalMillis: optionalNumber(task, 'min_retry_interval_millis') ?? 0,
    retryOnTimeout: optionalBoolean(task, 'retry_on_timeout') ?? false,
    timeoutSeconds: optionalNumber(task, 'timeout_seconds') ?? 0,
  };
}

function taskAction(resource: DeployedResource, key: string, task: Block, deployment: Deployment): TaskAction {
  const pipeline = block(task, 'pipeline_task');
  if (pipeline) {
    const name = nameOf(deployment, 'databricks_pipeline', pipeline.pipeline_id);
    if (name !== undefined)
      return { kind: 'pipeline', pipeline: name, fullRefresh: optionalBoolean(pipeline, 'full_refresh') ?? false };
    throw refused(
      resource,
      'LOCAL_JOB_TASK',
      `task ${key} updates a pipeline that is not deployed here`,
      'deploy it in the same environment',
    );
  }
  const python = block(task, 'spark_python_task');
  if (python) {
    return { kind: 'python', file: fileOf(resource, key, python, 'python_file'), parameters: texts(python, 'parameters') };
  }
  const sql = block(task, 'sql_task');
  const sqlFile = sql && block(sql, 'file');
  if (sqlFile) return { kind: 'sql', file: fileOf(resource, key, sqlFile, 'path'), parameters: textMap(sql, 'parameters') };
  const condition = block(task, 'condition_task');
  if (condition) {
    const [left, operator, right] = ['left', 'op', 'right'].map((name) => optionalText(condition, name) ?? '');
    return { kind: 'condition', left: left!, operator: operator as ConditionOperator, right: right! };
  }
  const other = block(task, 'run_job_task');
  if (other) {
    const name = nameOf(deployment, 'databricks_job', other.job_id);
    if (name !== undefined) return { kind: 'run_job', job: name, parameters: textMap(other, 'job_parameters') };
    throw refused(
      resource,
      'LOCAL_JOB_TASK',
      `task ${key} runs a job that is not deployed here`,
      'deploy it in the same environment',
    );
  }
  const kind = Object.keys(task).find((name) => name.endsWith('_task') && block(task, name)) ?? 'no kind that is known';
  throw refused(
    resource,
    'LOCAL_JOB_TASK',
    `task ${key} is ${sql ? 'a sql_task without a file' : kind}, which does not run here`,
    'pipeline_task, spark_python_task, sql_task with a file, condition_task and run_job_task do',
  );
}

/** The file of a task: in the workspace, or there is none here. */
function fileOf(resource: DeployedResource, key: string, values: Block, attribute: string): string {
  const path = optionalText(values, attribute) ?? '';
  const source = optionalText(values, 'source') ?? 'WORKSPACE';
  if (source === 'WORKSPACE' && path.startsWith('/')) return path;
  throw refused(
    resource,
    'LOCAL_JOB_TASK',
    `task ${key}: its file must lie in the workspace (got "${path}" of ${source})`,
    '/Workspace/...',
  );
}

/** State keeps an id as a text in one place and as a number in another. */
function nameOf(deployment: Deployment, type: string, id: unknown): string | undefined {
  const found = deployment.resources.find((resource) => resource.type === type && String(resource.values.id) === String(id));
  return found && text(found, 'name');
}

function triggerOf(resource: DeployedResource): JobTrigger | undefined {
  const schedule = block(resource.values, 'schedule');
  const paused = (values: Block) => optionalText(values, 'pause_status') === 'PAUSED';
  if (schedule) {
    const cron = optionalText(schedule, 'quartz_cron_expression') ?? '';
    return { kind: 'schedule', cron, timezone: optionalText(schedule, 'timezone_id') ?? 'UTC', paused: paused(schedule) };
  }
  const trigger = block(resource.values, 'trigger');
  if (!trigger) return undefined;
  const periodic = block(trigger, 'periodic');
  if (periodic) {
    const unit = (optionalText(periodic, 'unit') ?? '') as 'HOURS' | 'DAYS' | 'WEEKS';
    return { kind: 'periodic', interval: optionalNumber(periodic, 'interval') ?? 0, unit, paused: paused(trigger) };
  }
  const files = block(trigger, 'file_arrival');
  if (files) {
    return {
      kind: 'file_arrival',
      url: optionalText(files, 'url') ?? '',
      minTimeBetweenTriggersSeconds: optionalNumber(files, 'min_time_between_triggers_seconds') ?? 0,
      waitAfterLastChangeSeconds: optionalNumber(files, 'wait_after_last_change_seconds') ?? 0,
      paused: paused(trigger),
    };
  }
  const kind = Object.keys(trigger).find((name) => block(trigger, name)) ?? 'unknown';
  throw refused(
    resource,
    'LOCAL_JOB_TRIGGER',
    `a trigger of the kind ${kind} would never fire here`,
    'schedule, periodic and file_arrival do',
  );
}

function refused({ address }: DeployedResource, code: string, message: string, hint: string): LakewrightError {
  return new LakewrightError(code, `${address}: ${message}`, { hint });
}
