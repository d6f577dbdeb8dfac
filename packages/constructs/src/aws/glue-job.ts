import { GlueJob as AwsGlueJob } from '@cdktf/provider-aws/lib/glue-job';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AlarmTopic } from './alarm-topic';
import type { GlueEncryption } from './glue-encryption';
import type { JobScripts } from './job-scripts';
import type { Grantee, PolicyStatement } from './policy';
import { ServiceRole } from './service-role';
import type { StackKey } from './stack-key';

/** Spark 3.5.6 with Hudi 1.0.2 (docs: "Migrating AWS Glue for Spark jobs to AWS Glue version 5.1"). */
const GLUE_VERSION = '5.1';

export interface GlueJobProps {
  /** Unique in the account and region. */
  readonly jobName: string;
  readonly description: string;
  readonly scripts: JobScripts;
  /** The job's file in the scripts' folder. */
  readonly script: string;
  /** Files of the folder that it imports. @default none */
  readonly modules?: readonly string[];
  /** Its arguments by name, without dashes. @default none */
  readonly arguments?: Readonly<Record<string, string>>;
  readonly encryption: GlueEncryption;
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
  /** @default 60 */
  readonly timeoutMinutes?: number;
}

/** A Spark job with Hudi: its own role, encrypted logs, and no way to run twice at once on the same table. */
export class GlueJob extends Construct implements Grantee {
  readonly job: AwsGlueJob;
  readonly jobName: string;
  readonly arn: string;
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: GlueJobProps) {
    super(scope, id);
    this.validateName(props.jobName);
    this.jobName = props.jobName;
    this.role = this.addRole(props);
    const { environment } = LakewrightStack.of(this);
    this.job = new AwsGlueJob(this, 'job', {
      name: props.jobName,
      description: props.description,
      roleArn: this.role.arn,
      glueVersion: GLUE_VERSION,
      command: { name: 'glueetl', scriptLocation: props.scripts.location(props.script), pythonVersion: '3' },
      defaultArguments: this.defaultArguments(props),
      workerType: environment.sizes.glue.workerType,
      numberOfWorkers: environment.sizes.glue.workers,
      executionProperty: { maxConcurrentRuns: 1 },
      // The state machine tries again, and says why.
      maxRetries: 0,
      timeout: props.timeoutMinutes ?? 60,
      securityConfiguration: props.encryption.configuration.name,
      dependsOn: [...this.role.ready, ...props.scripts.ready],
    });
    const { partition, region, accountId } = environment.aws;
    this.arn = `arn:${partition}:glue:${region}:${accountId}:job/${props.jobName}`;
    this.addAlarm(props.alarms);
  }

  addToPolicy(...statements: PolicyStatement[]): void {
    this.role.addToPolicy(...statements);
  }

  /** Starts, looks at and stops its runs. */
  grantRun(grantee: Grantee): void {
    grantee.addToPolicy({
      sid: `Run${this.jobName.replaceAll(/[^A-Za-z0-9]/g, '')}`,
      actions: ['glue:BatchStopJobRun', 'glue:GetJobRun', 'glue:StartJobRun'],
      resources: [this.arn],
    });
  }

  private defaultArguments({ modules = [], scripts, arguments: given = {} }: GlueJobProps): Record<string, string> {
    return {
      '--datalake-formats': 'hudi',
      '--conf': 'spark.serializer=org.apache.spark.serializer.KryoSerializer',
      '--enable-metrics': 'true',
      '--enable-observability-metrics': 'true',
      '--job-bookmark-option': 'job-bookmark-disable',
      ...(modules.length > 0 ? { '--extra-py-files': modules.map((file) => scripts.location(file)).join(',') } : {}),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`--${name}`, value])),
    };
  }

  private addRole({ jobName, scripts, key }: GlueJobProps): ServiceRole {
    const { partition, region, accountId } = LakewrightStack.of(this).environment.aws;
    const role = new ServiceRole(this, 'role', {
      roleName: jobName,
      description: `What the job ${jobName} may do`,
      trust: [
        {
          sid: 'AssumeByGlue',
          principals: { services: ['glue.amazonaws.com'] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
      ],
    });
    scripts.bucket.grantRead(role, scripts.prefix);
    key.grantEncryptDecrypt(role);
    role.addToPolicy({
      sid: 'WriteLogs',
      actions: ['logs:AssociateKmsKey', 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`arn:${partition}:logs:${region}:${accountId}:log-group:/aws-glue/*`],
    });
    return role;
  }

  /** Docs: "Monitoring with AWS Glue observability metrics". */
  private addAlarm(alarms: AlarmTopic): void {
    alarms.addAlarm(this, 'failed_alarm', {
      alarmName: `${this.jobName} failed`,
      description: `A run of the job ${this.jobName} failed: its last line says why.`,
      runbook: 'glue-job-failed',
      namespace: 'Glue',
      metricName: 'glue.error.ALL',
      dimensions: { JobName: this.jobName, JobRunId: 'ALL', Type: 'count', ObservabilityGroup: 'error' },
      statistic: 'Sum',
      threshold: 1,
    });
  }

  private validateName(name: string): void {
    if (/^[\w-]{1,64}$/.test(name)) return;
    throw new LakewrightError('CONSTRUCT_GLUE_JOB', `jobName: must be 1 to 64 letters, digits, "_" and "-" (got "${name}")`, {
      hint: 'its role has the same name',
    });
  }
}
