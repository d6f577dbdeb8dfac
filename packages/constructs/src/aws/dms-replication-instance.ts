import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DmsReplicationInstance as AwsReplicationInstance } from '@cdktf/provider-aws/lib/dms-replication-instance';
import { DmsReplicationSubnetGroup } from '@cdktf/provider-aws/lib/dms-replication-subnet-group';
import { LakewrightError } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AlarmTopic } from './alarm-topic';
import type { DmsRoles } from './dms-account-roles';
import type { PrivateNetwork } from './private-network';
import { SecurityGroup } from './security-group';
import type { StackKey } from './stack-key';

const GIB = 2 ** 30;

export interface DmsReplicationInstanceProps {
  /** Unique among the replication instances of the account and region. */
  readonly instanceName: string;
  readonly network: PrivateNetwork;
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
  /** Those of the account: DMS makes no instance without them. */
  readonly accountRoles: DmsRoles;
}

/** What DMS runs its tasks on: in private subnets, of the size that the environment says, its log kept as long as any other. */
export class DmsReplicationInstance extends Construct {
  readonly instance: AwsReplicationInstance;
  readonly instanceName: string;
  readonly arn: string;
  /** Where its tasks go out from: `database.group.allowFrom(instance.group, ...)`. */
  readonly group: SecurityGroup;
  private readonly network: PrivateNetwork;

  constructor(scope: Construct, id: string, props: DmsReplicationInstanceProps) {
    super(scope, id);
    this.instanceName = props.instanceName;
    this.network = props.network;
    this.validateName();
    this.group = new SecurityGroup(this, 'group', {
      groupName: `${this.instanceName}-replication`,
      description: `Replication instance ${this.instanceName}`,
      vpc: props.network.vpc,
    });
    this.instance = this.addInstance(props);
    this.arn = this.instance.replicationInstanceArn;
    this.addAlarms(props.alarms);
  }

  /** What must exist before a task can run: the instance, and its ways through the network. */
  get ready(): readonly ITerraformDependable[] {
    return [this.instance, ...this.group.ready, ...this.network.ready];
  }

  private addInstance({ network, key, accountRoles }: DmsReplicationInstanceProps): AwsReplicationInstance {
    const { sizes, retention } = LakewrightStack.of(this).environment;
    key.grantLogs();
    const subnets = new DmsReplicationSubnetGroup(this, 'subnet_group', {
      replicationSubnetGroupId: this.instanceName,
      replicationSubnetGroupDescription: `Private subnets of ${this.instanceName}, entered by ${accountRoles.vpcRoleName}`,
      subnetIds: network.subnetIds,
    });
    // DMS would make it itself at the first task, never to be forgotten and without our key.
    const logGroup = new CloudwatchLogGroup(this, 'log_group', {
      name: `dms-tasks-${this.instanceName}`,
      retentionInDays: retention.logDays,
      kmsKeyId: key.arn,
    });
    return new AwsReplicationInstance(this, 'instance', {
      replicationInstanceId: this.instanceName,
      replicationInstanceClass: sizes.replication.instanceClass,
      allocatedStorage: sizes.replication.storageGb,
      multiAz: sizes.replication.multiAz,
      replicationSubnetGroupId: subnets.replicationSubnetGroupId,
      vpcSecurityGroupIds: [this.group.groupId],
      publiclyAccessible: false,
      kmsKeyArn: key.arn,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      preferredMaintenanceWindow: 'sun:03:00-sun:04:00',
      dependsOn: [logGroup],
    });
  }

  private addAlarms(alarms: AlarmTopic): void {
    const { storageGb } = LakewrightStack.of(this).environment.sizes.replication;
    const metric = { namespace: 'AWS/DMS', dimensions: { ReplicationInstanceIdentifier: this.instanceName } } as const;
    alarms.addAlarm(this, 'storage_alarm', {
      ...metric,
      alarmName: `${this.instanceName} replication storage`,
      description: `${this.instanceName} has little storage left for changes that wait.`,
      runbook: 'replication-storage',
      metricName: 'FreeStorageSpace',
      statistic: 'Minimum',
      threshold: Math.round(storageGb * 0.15 * GIB),
      side: 'below',
    });
    alarms.addAlarm(this, 'cpu_alarm', {
      ...metric,
      alarmName: `${this.instanceName} replication CPU`,
      description: `${this.instanceName} has been busy for fifteen minutes.`,
      runbook: 'replication-cpu',
      metricName: 'CPUUtilization',
      statistic: 'Average',
      threshold: 85,
      periods: 3,
    });
  }

  private validateName(): void {
    if (/^[a-z](?:-?[a-z0-9]){0,39}$/.test(this.instanceName)) return;
    throw new LakewrightError(
      'CONSTRUCT_REPLICATION_INSTANCE',
      `instanceName: must be 1 to 40 characters of a-z, 0-9 and single "-", beginning with a letter (got "${this.instanceName}")`,
      { hint: 'the name of the system' },
    );
  }
}
