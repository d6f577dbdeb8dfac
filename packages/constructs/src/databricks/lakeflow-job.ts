import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Job, type JobConfig } from '@cdktf/provider-databricks/lib/job';
import { WorkspaceFile } from '@cdktf/provider-databricks/lib/workspace-file';
import { LakewrightError, type Principal, projectRoot } from '@lakewright/config';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { addPermissions, type ObjectPermission, runAs } from './access';
import { ENVIRONMENT_KEY, fileOf, filesOf, type LakeflowJobTask, taskBlock } from './job-task';
import type { WorkspaceFolder } from './protected-folder';

/** What starts a job by itself. Source: docs.databricks.com, "Automating jobs with schedules and triggers". */
export type JobTrigger =
  | 'environment'
  | 'none'
  /** Quartz cron. */
  | { readonly cron: string; readonly timezone?: string }
  /** Files that come to a volume or an external location. */
  | {
      readonly fileArrival: string;
      readonly minTimeBetweenTriggersSeconds?: number;
      readonly waitAfterLastChangeSeconds?: number;
    }
  | { readonly every: number; readonly unit: 'HOURS' | 'DAYS' | 'WEEKS' };

export interface LakeflowJobProps {
  readonly jobName: string;
  readonly description: string;
  /** By task key. */
  readonly tasks: Readonly<Record<string, LakeflowJobTask>>;
  /** Names and defaults of what a run may be given; tasks refer to them by `{{job.parameters.<name>}}`. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where the files of Python and SQL tasks lie: a `ProtectedFolder`, or a folder in one. @default the job has no such task */
  readonly folder?: WorkspaceFolder;
  readonly runAs: Principal;
  /** Paused where the environment's schedules are off. @default environment: the environment's schedule of pipelines, in UTC */
  readonly trigger?: JobTrigger;
  /** @default nobody is told of failures */
  readonly notify?: readonly string[];
  /** @default 3600: an update that takes longer hangs */
  readonly timeoutSeconds?: number;
  /** @default nobody but the owner */
  readonly permissions?: readonly ObjectPermission<'CAN_VIEW' | 'CAN_MANAGE_RUN' | 'CAN_MANAGE'>[];
}

/** Serverless environment of Python tasks: Python 3.12. Source: docs.databricks.com, "Serverless environment versions". */
const ENVIRONMENT_VERSION = '4';

/** Runs tasks in the order of their dependencies: one run at a time, the next one waits. Paused where schedules are off. */
export class LakeflowJob extends Construct {
  readonly job: Job;
  readonly files: readonly WorkspaceFile[];
  private readonly props: LakeflowJobProps;
  private readonly paths = new Map<string, string>();

  /** @throws LakewrightError CONSTRUCT_JOB_* */
  constructor(scope: Construct, id: string, props: LakeflowJobProps) {
    super(scope, id);
    this.props = props;
    this.validateTasks();
    this.validateDependencies();
    this.validateFiles();
    this.validateTimeouts();
    this.validateRetries();
    this.validateRunAs();
    this.files = this.addFiles();
    this.job = this.addJob();
    addPermissions(this, 'permissions', { jobId: this.job.id }, props.permissions ?? []);
  }

  /** One file of the workspace for each file of the project, however many tasks run it. */
  private addFiles(): WorkspaceFile[] {
    const { folder, tasks, runAs } = this.props;
    const sources = [...new Set(Object.values(tasks).flatMap(filesOf))];
    if (folder === undefined || sources.length === 0) return [];
    folder.grantRead(runAs);
    return sources.map((source) => {
      const name = basename(source);
      const id = name.replaceAll('.', '_');
      const asset = new TerraformAsset(this, `${id}_source`, { path: resolve(projectRoot(), source), type: AssetType.FILE });
      const path = `${folder.path}/${name}`;
      const file = new WorkspaceFile(this, id, { path, source: asset.path, dependsOn: [...folder.ready] });
      this.paths.set(source, file.workspacePath);
      return file;
    });
  }

  private addJob(): Job {
    const { props } = this;
    const python = Object.values(props.tasks).some((task) => 'pythonFile' in task);
    const parameter = Object.entries(props.parameters ?? {}).map(([name, value]) => ({ name, default: value }));
    return new Job(this, 'job', {
      name: props.jobName,
      description: props.description,
      maxConcurrentRuns: 1,
      queue: { enabled: true },
      timeoutSeconds: props.timeoutSeconds ?? 3600,
      runAs: runAs(props.runAs),
      ...this.trigger(),
      task: Object.entries(props.tasks).map(([key, task]) => taskBlock(key, task, this.paths.get(fileOf(task) ?? ''))),
      ...(parameter.length > 0 && { parameter }),
      ...(python && { environment: [{ environmentKey: ENVIRONMENT_KEY, spec: { environmentVersion: ENVIRONMENT_VERSION } }] }),
      // Those that a task only imports are named nowhere else.
      ...(this.files.length > 0 && { dependsOn: [...this.files] }),
      ...(props.notify?.length && { emailNotifications: { onFailure: [...props.notify] } }),
    });
  }

  private trigger(): Pick<JobConfig, 'schedule' | 'trigger'> {
    const { trigger = 'environment' } = this.props;
    const { schedules } = LakewrightStack.of(this).environment;
    const pauseStatus = schedules.enabled ? 'UNPAUSED' : 'PAUSED';
    if (trigger === 'none') return {};
    if (trigger === 'environment') {
      return { schedule: { quartzCronExpression: schedules.pipelines, timezoneId: 'UTC', pauseStatus } };
    }
    if ('cron' in trigger) {
      return { schedule: { quartzCronExpression: trigger.cron, timezoneId: trigger.timezone ?? 'UTC', pauseStatus } };
    }
    if ('every' in trigger) return { trigger: { periodic: { interval: trigger.every, unit: trigger.unit }, pauseStatus } };
    const { fileArrival: url, ...waits } = trigger;
    return { trigger: { fileArrival: { url, ...waits }, pauseStatus } };
  }

  private validateTasks(): void {
    const keys = Object.keys(this.props.tasks);
    const wrong = keys.find((key) => !/^[\w-]{1,100}$/.test(key));
    if (keys.length > 0 && wrong === undefined) return;
    throw new LakewrightError(
      'CONSTRUCT_JOB_TASKS',
      `tasks: must be one or more, by keys of letters, digits, "_" and "-" (got ${wrong === undefined ? 'none' : `"${wrong}"`})`,
      { hint: '{ update_listings: { pipeline } }' },
    );
  }

  private validateDependencies(): void {
    const { tasks } = this.props;
    for (const [key, { dependsOn = [] }] of Object.entries(tasks)) {
      for (const dependency of dependsOn) {
        const [on, outcome] = typeof dependency === 'string' ? [dependency, false] : [dependency.task, true];
        const task = tasks[on];
        if (task !== undefined && (!outcome || 'condition' in task)) continue;
        throw new LakewrightError(
          'CONSTRUCT_JOB_DEPENDENCY',
          `tasks.${key}.dependsOn: must name tasks of the job${outcome ? ', and an outcome of condition tasks only' : ''} (got "${on}")`,
          { hint: `its tasks are: ${Object.keys(tasks).join(', ')}` },
        );
      }
    }
  }

  private validateFiles(): void {
    const { tasks, folder } = this.props;
    const files = Object.entries(tasks).flatMap(([key, task]) =>
      filesOf(task).map((file) => ({ key, file, ending: 'pythonFile' in task ? '.py' : '.sql' })),
    );
    const wrong = files.find(({ file, ending }) => !file.endsWith(ending) || !existsSync(resolve(projectRoot(), file)));
    if (wrong) {
      throw new LakewrightError(
        'CONSTRUCT_JOB_FILE',
        `tasks.${wrong.key}: must be a ${wrong.ending} file of the project (got "${wrong.file}")`,
        { hint: `apps/<system>/jobs/<name>${wrong.ending}` },
      );
    }
    const twice = files.find(({ file }) => files.some((other) => other.file !== file && basename(other.file) === basename(file)));
    if (twice || (files.length > 0 && folder === undefined)) {
      throw new LakewrightError(
        'CONSTRUCT_JOB_FILE',
        twice
          ? `tasks.${twice.key}: file names must differ, as they share a folder (got "${basename(twice.file)}" twice)`
          : `folder: must be given for the file of task ${files[0]!.key} (got none)`,
        { hint: twice ? 'rename one' : "this.folder.addFolder('jobs')" },
      );
    }
  }

  private validateTimeouts(): void {
    const { timeoutSeconds, tasks } = this.props;
    const ofTasks = Object.entries(tasks).map(([key, task]) => ({
      name: `tasks.${key}.timeoutSeconds`,
      seconds: task.timeoutSeconds,
      least: 1,
    }));
    const wrong = [{ name: 'timeoutSeconds', seconds: timeoutSeconds, least: 60 }, ...ofTasks].find(
      ({ seconds, least }) => seconds !== undefined && !(Number.isInteger(seconds) && seconds >= least),
    );
    if (!wrong) return;
    throw new LakewrightError('CONSTRUCT_JOB_TIMEOUT', `${wrong.name}: must be ${wrong.least} or more (got ${wrong.seconds})`, {
      hint: '0 would let a hanging run go on for ever',
    });
  }

  private validateRetries(): void {
    for (const [key, { maxRetries = 0, minRetryIntervalMillis = 0 }] of Object.entries(this.props.tasks)) {
      if (Number.isInteger(maxRetries) && maxRetries >= -1 && minRetryIntervalMillis >= 0) continue;
      throw new LakewrightError(
        'CONSTRUCT_JOB_RETRIES',
        `tasks.${key}: maxRetries must be -1 or more and minRetryIntervalMillis 0 or more (got ${maxRetries} and ${minRetryIntervalMillis})`,
        { hint: '{ maxRetries: 2, minRetryIntervalMillis: 10_000 }' },
      );
    }
  }

  private validateRunAs(): void {
    const { runAs } = this.props;
    if (runAs.kind !== 'group') return;
    throw new LakewrightError(
      'CONSTRUCT_JOB_RUN_AS',
      `runAs: must be a service principal or a user (got the group ${runAs.name})`,
      {
        hint: 'environment.principals.pipeline_sp',
      },
    );
  }
}
