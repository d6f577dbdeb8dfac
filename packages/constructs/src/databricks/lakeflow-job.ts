import { Job } from '@cdktf/provider-databricks/lib/job';
import { LakewrightError, type Principal } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { addPermissions, type ObjectPermission, runAs } from './access';
import type { LakeflowPipeline } from './lakeflow-pipeline';

export interface LakeflowJobProps {
  readonly jobName: string;
  readonly description: string;
  /** Updated one after the other, in this order; task key -> pipeline. */
  readonly pipelines: Readonly<Record<string, LakeflowPipeline>>;
  readonly runAs: Principal;
  /** @default nobody is told of failures */
  readonly notify?: readonly string[];
  /** @default 3600: an update that takes longer hangs */
  readonly timeoutSeconds?: number;
  /** @default nobody but the owner */
  readonly permissions?: readonly ObjectPermission<'CAN_VIEW' | 'CAN_MANAGE_RUN' | 'CAN_MANAGE'>[];
}

/** Updates pipelines on the environment's schedule: one run at a time, the next one waits. Paused where schedules are off. */
export class LakeflowJob extends Construct {
  readonly job: Job;
  private readonly props: LakeflowJobProps;

  constructor(scope: Construct, id: string, props: LakeflowJobProps) {
    super(scope, id);
    this.props = props;
    this.validateTasks();
    this.validateTimeout();
    this.validateRunAs();
    this.job = this.addJob();
    addPermissions(this, 'permissions', { jobId: this.job.id }, props.permissions ?? []);
  }

  private addJob(): Job {
    const { props } = this;
    const { schedules } = LakewrightStack.of(this).environment;
    return new Job(this, 'job', {
      name: props.jobName,
      description: props.description,
      maxConcurrentRuns: 1,
      queue: { enabled: true },
      timeoutSeconds: props.timeoutSeconds ?? 3600,
      runAs: runAs(props.runAs),
      schedule: {
        quartzCronExpression: schedules.pipelines,
        timezoneId: 'UTC',
        pauseStatus: schedules.enabled ? 'UNPAUSED' : 'PAUSED',
      },
      task: this.tasks(),
      ...(props.notify?.length && { emailNotifications: { onFailure: [...props.notify] } }),
    });
  }

  private tasks() {
    const entries = Object.entries(this.props.pipelines);
    return entries.map(([taskKey, { pipeline }], index) => ({
      taskKey,
      pipelineTask: { pipelineId: pipeline.id },
      ...(index > 0 && { dependsOn: [{ taskKey: entries[index - 1]![0] }] }),
    }));
  }

  private validateTasks(): void {
    const keys = Object.keys(this.props.pipelines);
    const wrong = keys.find((key) => !/^[\w-]{1,100}$/.test(key));
    if (keys.length > 0 && wrong === undefined) return;
    throw new LakewrightError(
      'CONSTRUCT_JOB_TASKS',
      `pipelines: must be one or more, by keys of letters, digits, "_" and "-" (got ${wrong === undefined ? 'none' : `"${wrong}"`})`,
      { hint: '{ update_listings: pipeline }' },
    );
  }

  private validateTimeout(): void {
    const { timeoutSeconds } = this.props;
    if (timeoutSeconds === undefined || (Number.isInteger(timeoutSeconds) && timeoutSeconds >= 60)) return;
    throw new LakewrightError('CONSTRUCT_JOB_TIMEOUT', `timeoutSeconds: must be 60 or more (got ${timeoutSeconds})`, {
      hint: '0 would let a hanging run go on for ever',
    });
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
