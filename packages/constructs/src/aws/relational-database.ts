import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import { LakewrightError } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AlarmTopic } from './alarm-topic';
import { databaseMonitoringRole } from './database-monitoring-role';
import type { Grantee } from './policy';
import type { PrivateNetwork } from './private-network';
import { SecurityGroup } from './security-group';
import type { StackKey } from './stack-key';

/** What is signed until 2061 for every region, and what Lambda's runtimes carry (RDS User Guide, "Using SSL/TLS to encrypt a connection"). */
const CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1';
const GIB = 2 ** 30;

export interface RelationalDatabaseProps {
  /** The instance: unique among the databases of the account and region. */
  readonly instanceName: string;
  /** The database in it that is there from the start. */
  readonly databaseName: string;
  readonly network: PrivateNetwork;
  /** Encrypts the storage, the master's secret, Performance Insights and the logs. */
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
  /** As many connections at once ring. @default 100 */
  readonly connectionsAlarm?: number;
  /**
   * The second key to losing data: the instance can be destroyed, with its backups and without a last snapshot.
   * @default it cannot be destroyed
   */
  readonly mayLoseData?: boolean;
}

/** What one engine has of its own. */
export interface DatabaseEngine {
  readonly engine: 'mysql' | 'postgres';
  /** Major version: RDS takes its newest minor version, and upgrades it in the maintenance window. */
  readonly version: string;
  /** Family of parameter groups. */
  readonly family: string;
  readonly port: number;
  readonly parameters: Readonly<Record<string, string>>;
  /** Logs that go to CloudWatch. */
  readonly logs: readonly string[];
}

/**
 * An RDS instance in private subnets: encrypted, TLS only, its master password made and rotated by RDS and never seen here, restorable to
 * any second of the environment's retention, watched, and not to be destroyed without both keys. An engine is a subclass.
 */
export abstract class RelationalDatabase extends Construct {
  readonly instance: DbInstance;
  readonly instanceName: string;
  readonly databaseName: string;
  /** Who wants in is let in here: `group.allowFrom(...)`. */
  readonly group: SecurityGroup;
  readonly port: number;
  /** The secret that RDS made for the master. */
  readonly masterSecretArn: string;
  private readonly props: RelationalDatabaseProps;

  protected constructor(scope: Construct, id: string, props: RelationalDatabaseProps, engine: DatabaseEngine) {
    super(scope, id);
    this.props = props;
    this.instanceName = props.instanceName;
    this.databaseName = props.databaseName;
    this.port = engine.port;
    this.validateInstanceName();
    this.validateDatabaseName();
    this.validateConnections();
    this.group = new SecurityGroup(this, 'group', {
      groupName: `${this.instanceName}-database`,
      description: `Database ${this.instanceName}`,
      vpc: props.network.vpc,
    });
    this.instance = this.addInstance(engine);
    this.masterSecretArn = this.instance.masterUserSecret.get(0).secretArn;
    this.addRotation();
    this.addAlarms();
  }

  /** What must exist before somebody in the network can connect. */
  get ready(): readonly ITerraformDependable[] {
    return [this.instance, ...this.group.ready];
  }

  /** Lets a principal read the master's user name and password. */
  grantMasterSecret(grantee: Grantee): void {
    grantee.addToPolicy({
      sid: 'ReadMasterSecret',
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [this.masterSecretArn],
    });
    this.props.key.grantDecrypt(grantee);
  }

  private addInstance(engine: DatabaseEngine): DbInstance {
    const { key } = this.props;
    const { sizes } = LakewrightStack.of(this).environment;
    const monitoring = databaseMonitoringRole(this, this.instanceName);
    return new DbInstance(this, 'instance', {
      identifier: this.instanceName,
      engine: engine.engine,
      engineVersion: engine.version,
      // Old versions that cost extra are upgraded instead.
      engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      instanceClass: sizes.database.instanceClass,
      multiAz: sizes.database.multiAz,
      dbName: this.databaseName,
      username: 'administrator',
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: key.arn,
      iamDatabaseAuthenticationEnabled: false,
      port: this.port,
      publiclyAccessible: false,
      dbSubnetGroupName: this.addSubnetGroup().name,
      vpcSecurityGroupIds: [this.group.groupId],
      caCertIdentifier: CERTIFICATE_AUTHORITY,
      parameterGroupName: this.addParameterGroup(engine).name,
      maintenanceWindow: 'sun:02:00-sun:03:00',
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      enabledCloudwatchLogsExports: [...engine.logs],
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.arn,
      ...this.storage(),
      ...this.insights(),
      ...this.keeping(),
      dependsOn: [...monitoring.ready, ...this.addLogGroups(engine)],
    });
  }

  private storage() {
    const { storageGb, maxStorageGb } = LakewrightStack.of(this).environment.sizes.database;
    const encryption = { storageEncrypted: true, kmsKeyId: this.props.key.arn };
    return { ...encryption, storageType: 'gp3', allocatedStorage: storageGb, maxAllocatedStorage: maxStorageGb };
  }

  private insights() {
    return {
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: this.props.key.arn,
      // Seven days cost nothing.
      performanceInsightsRetentionPeriod: 7,
      databaseInsightsMode: 'standard',
    };
  }

  /** Backups, and what stands between the data and a destroy. */
  private keeping() {
    const mayLoseData = LakewrightStack.of(this).mayLoseData(this.props.mayLoseData);
    return {
      backupRetentionPeriod: LakewrightStack.of(this).environment.retention.databaseBackupDays,
      backupWindow: '01:00-01:30',
      copyTagsToSnapshot: true,
      deletionProtection: !mayLoseData,
      deleteAutomatedBackups: mayLoseData,
      skipFinalSnapshot: mayLoseData,
      ...(!mayLoseData && { finalSnapshotIdentifier: `${this.instanceName}-final` }),
      lifecycle: { preventDestroy: !mayLoseData },
    };
  }

  private addSubnetGroup(): DbSubnetGroup {
    return new DbSubnetGroup(this, 'subnet_group', {
      name: this.instanceName,
      description: `Private subnets of ${this.instanceName}`,
      subnetIds: this.props.network.subnetIds,
    });
  }

  private addParameterGroup({ family, parameters }: DatabaseEngine): DbParameterGroup {
    return new DbParameterGroup(this, 'parameters', {
      // A group of another family is another one, made before the old one goes.
      name: `${this.instanceName}-${family.replaceAll('.', '-')}`,
      family,
      description: `Parameters of ${this.instanceName}`,
      parameter: Object.entries(parameters).map(([name, value]) => ({ name, value })),
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** RDS would make them itself, never to be forgotten and without our key. */
  private addLogGroups({ logs }: DatabaseEngine): CloudwatchLogGroup[] {
    const { retention } = LakewrightStack.of(this).environment;
    this.props.key.grantLogs();
    return logs.map(
      (log) =>
        new CloudwatchLogGroup(this, `log_group_${log}`, {
          name: `/aws/rds/instance/${this.instanceName}/${log}`,
          retentionInDays: retention.logDays,
          kmsKeyId: this.props.key.arn,
        }),
    );
  }

  /**
   * RDS rotates the secret that it manages by itself, every seven days when nothing is said. Said here, so that a plan shows it; a
   * secret of a service takes no function (provider documentation, "aws_secretsmanager_secret_rotation").
   */
  private addRotation(): void {
    new SecretsmanagerSecretRotation(this, 'rotation', {
      secretId: this.masterSecretArn,
      rotateImmediately: false,
      rotationRules: { automaticallyAfterDays: 7 },
    });
  }

  private addAlarms(): void {
    const { alarms, connectionsAlarm = 100 } = this.props;
    const { storageGb } = LakewrightStack.of(this).environment.sizes.database;
    const dimensions = { DBInstanceIdentifier: this.instanceName };
    const metric = { namespace: 'AWS/RDS', dimensions } as const;
    alarms.addAlarm(this, 'storage_alarm', {
      ...metric,
      alarmName: `${this.instanceName} database storage`,
      description: `${this.instanceName} is nearly full, and did not grow in time.`,
      runbook: 'database-storage',
      metricName: 'FreeStorageSpace',
      statistic: 'Minimum',
      // RDS grows a storage that is 90% full; in bytes.
      threshold: Math.round(storageGb * 0.05 * GIB),
      side: 'below',
    });
    alarms.addAlarm(this, 'cpu_alarm', {
      ...metric,
      alarmName: `${this.instanceName} database CPU`,
      description: `${this.instanceName} has been busy for fifteen minutes.`,
      runbook: 'database-cpu',
      metricName: 'CPUUtilization',
      statistic: 'Average',
      threshold: 85,
      periods: 3,
    });
    alarms.addAlarm(this, 'connections_alarm', {
      ...metric,
      alarmName: `${this.instanceName} database connections`,
      description: `${connectionsAlarm} connections to ${this.instanceName} are open: does somebody not close them?`,
      runbook: 'database-connections',
      metricName: 'DatabaseConnections',
      statistic: 'Maximum',
      threshold: connectionsAlarm,
    });
  }

  private validateInstanceName(): void {
    if (/^[a-z](?:-?[a-z0-9]){0,39}$/.test(this.instanceName)) return;
    throw new LakewrightError(
      'CONSTRUCT_DATABASE_INSTANCE',
      `instanceName: must be 1 to 40 characters of a-z, 0-9 and single "-", beginning with a letter (got "${this.instanceName}")`,
      { hint: 'the name of the system' },
    );
  }

  private validateDatabaseName(): void {
    if (/^[a-z][a-z0-9_]{0,62}$/.test(this.databaseName)) return;
    throw new LakewrightError(
      'CONSTRUCT_DATABASE_NAME',
      `databaseName: must be 1 to 63 characters of a-z, 0-9 and "_", beginning with a letter (got "${this.databaseName}")`,
      { hint: 'what both engines take unquoted' },
    );
  }

  private validateConnections(): void {
    const most = this.props.connectionsAlarm;
    if (most === undefined || (Number.isInteger(most) && most >= 1)) return;
    throw new LakewrightError('CONSTRUCT_DATABASE_CONNECTIONS', `connectionsAlarm: must be a whole number from 1 (got ${most})`, {
      hint: 'leave it out for 100',
    });
  }
}
