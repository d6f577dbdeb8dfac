import { DmsEventSubscription } from '@cdktf/provider-aws/lib/dms-event-subscription';
import { DmsReplicationTask as AwsReplicationTask } from '@cdktf/provider-aws/lib/dms-replication-task';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { validateDmsIdentifier } from './dms-identifier';
import type { DmsMysqlSource } from './dms-mysql-source';
import type { DmsReplicationInstance } from './dms-replication-instance';
import type { DmsS3Target } from './dms-s3-target';
import { type TableMappings, tableMappingsJson } from './dms-table-mappings';
import { type DmsTaskSettings, dmsTaskSettingsJson } from './dms-task-settings';
import { EveryResource, type Grantee } from './policy';

export interface DmsReplicationTaskProps {
  /** Unique among the tasks of the account and region; its ARN ends in it. */
  readonly taskName: string;
  readonly instance: DmsReplicationInstance;
  readonly source: DmsMysqlSource;
  readonly target: DmsS3Target;
  readonly mappings: TableMappings;
  /** @default those of `dmsTaskSettingsJson` */
  readonly settings?: DmsTaskSettings;
  readonly alarms: AlarmTopic;
  /** Seconds behind the source that ring. @default 900 */
  readonly maxLatencySeconds?: number;
}

/**
 * Loads the tables whole, then goes on with their changes. It is not started by a deployment: the state machine or a person does, because
 * a task that runs cannot be changed, and one that is started too early loads an empty schema.
 */
export class DmsReplicationTask extends Construct {
  readonly task: AwsReplicationTask;
  readonly taskName: string;
  readonly arn: string;
  readonly instanceName: string;

  constructor(scope: Construct, id: string, props: DmsReplicationTaskProps) {
    super(scope, id);
    validateDmsIdentifier('taskName', props.taskName);
    this.taskName = props.taskName;
    this.instanceName = props.instance.instanceName;
    this.task = new AwsReplicationTask(this, 'task', {
      replicationTaskId: props.taskName,
      // Metrics are kept by the end of the ARN: chosen, so that alarms know it before the task exists.
      resourceIdentifier: props.taskName,
      migrationType: 'full-load-and-cdc',
      replicationInstanceArn: props.instance.arn,
      sourceEndpointArn: props.source.arn,
      targetEndpointArn: props.target.arn,
      tableMappings: tableMappingsJson(props.mappings),
      replicationTaskSettings: dmsTaskSettingsJson(props.settings),
      startReplicationTask: false,
      dependsOn: [...props.instance.ready],
    });
    this.arn = this.task.replicationTaskArn;
    this.addLatencyAlarms(props);
    this.addStoppedAlarm(props.alarms);
  }

  /** Starts and resumes it, and looks where it stands. */
  grantStart(grantee: Grantee): void {
    grantee.addToPolicy(
      { sid: 'StartReplication', actions: ['dms:StartReplicationTask'], resources: [this.arn] },
      {
        sid: 'LookAtReplication',
        actions: ['dms:DescribeReplicationTasks'],
        resources: new EveryResource('DMS knows no resources for describing tasks'),
      },
    );
  }

  private addLatencyAlarms({ alarms, maxLatencySeconds = 900 }: DmsReplicationTaskProps): void {
    for (const [end, behind] of [
      ['Source', 'reads the binary log'],
      ['Target', 'writes files'],
    ] as const) {
      alarms.addAlarm(this, `latency_${end.toLowerCase()}_alarm`, {
        alarmName: `${this.taskName} latency at the ${end.toLowerCase()}`,
        description: `${this.taskName} ${behind} ${maxLatencySeconds} s late.`,
        runbook: 'replication-latency',
        namespace: 'AWS/DMS',
        metricName: `CDCLatency${end}`,
        dimensions: { ReplicationInstanceIdentifier: this.instanceName, ReplicationTaskIdentifier: this.taskName },
        statistic: 'Maximum',
        threshold: maxLatencySeconds,
      });
    }
  }

  /** A task that does not run has no metrics, so that its events ring: it failed, or it stopped (and started) for whatever reason. */
  private addStoppedAlarm(alarms: AlarmTopic): void {
    new DmsEventSubscription(this, 'stopped', {
      name: `${this.taskName}-stopped`,
      sourceType: 'replication-task',
      sourceIds: [this.task.replicationTaskId],
      eventCategories: ['failure', 'state change'],
      snsTopicArn: alarms.arn,
      enabled: true,
    });
  }
}
