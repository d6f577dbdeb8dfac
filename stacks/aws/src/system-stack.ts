import { bucketName, type Environment, LakewrightError, projectRoot, readManifest } from '@lakewright/config';
import {
  type AlarmTopic,
  addAwsProvider,
  DmsMysqlSource,
  DmsReplicationInstance,
  DmsReplicationTask,
  DmsS3Target,
  EmptySecret,
  LakewrightStack,
  MysqlDatabase,
  NodeLambda,
  type NodeLambdaProps,
  PrivateNetwork,
  QueuedBucketEvents,
  type QueuedBucketEventsProps,
  type RelationalDatabase,
  SecureBucket,
  StackKey,
  SystemDashboard,
  type TableMappings,
} from '@lakewright/constructs';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { AwsFoundationStack } from './foundation';

export interface AwsSystemProps {
  /** The name of the system, its folder in `apps/` and its file in `systems/`. */
  readonly system: string;
  readonly environment: Environment;
  readonly foundation: AwsFoundationStack;
}

/** Where something lies for others to read: the Databricks stack is told both in one. */
export interface BucketFolder {
  readonly bucket: SecureBucket;
  /** Ends with "/". */
  readonly prefix: string;
}

export interface ReplicationProps {
  readonly network: PrivateNetwork;
  readonly database: MysqlDatabase;
  /** Of the user that reads the binary log. */
  readonly secret: EmptySecret;
  /** Where the files go. */
  readonly bucket: SecureBucket;
  readonly mappings: TableMappings;
  /** What makes that user and fills the secret. */
  readonly after: readonly ITerraformDependable[];
}

/** What code and DMS do with secrets. */
const SECRET_ACTIONS = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'];

/**
 * The stack `aws-<system>`: one key for all of it, the bucket that its tables lie in if it has any in Databricks, and what a file in
 * `systems/` adds. What is added here is encrypted by that key, logged and rung for in the foundation, and named after the system.
 */
export abstract class AwsSystemStack extends LakewrightStack {
  protected readonly system: string;
  protected readonly key: StackKey;
  protected readonly foundation: AwsFoundationStack;
  private readonly lakeBucket?: SecureBucket;
  private readonly buckets: SecureBucket[] = [];
  private readonly functions: NodeLambda[] = [];
  private readonly events: QueuedBucketEvents[] = [];
  private readonly databases: RelationalDatabase[] = [];
  private readonly replications: DmsReplicationTask[] = [];

  constructor(scope: Construct, { system, environment, foundation }: AwsSystemProps) {
    super(scope, `aws-${system}`, environment);
    this.system = system;
    this.foundation = foundation;
    addAwsProvider(this, system);
    this.key = new StackKey(this, 'key', { description: `Everything of ${system}`, alias: system, mayLoseData: true });
    if (readManifest(projectRoot(), system).stacks.includes('databricks')) this.lakeBucket = this.newBucket('lake');
  }

  /**
   * Managed storage of the system's catalog in Databricks.
   *
   * @throws LakewrightError STACK_NO_LAKE for a system without a Databricks stack
   */
  get lake(): SecureBucket {
    if (this.lakeBucket) return this.lakeBucket;
    throw new LakewrightError('STACK_NO_LAKE', `${this.system} has no catalog in Databricks, and no bucket for one`, {
      hint: `name "databricks" in "stacks" of apps/${this.system}/system.json`,
    });
  }

  protected get alarms(): AlarmTopic {
    return this.foundation.alarms;
  }

  /** @param part what lies there, in ten characters at most: the bucket is named after it */
  protected addBucket(part: string): SecureBucket {
    const bucket = this.newBucket(part);
    this.buckets.push(bucket);
    return bucket;
  }

  /** The function of that name; its code is `apps/<system>/lambdas/<name>/handler.ts`. */
  protected addFunction(name: string, props: Omit<NodeLambdaProps, 'functionName' | 'entry' | 'key' | 'alarms'>): NodeLambda {
    const added = new NodeLambda(this, name, {
      ...props,
      functionName: name,
      entry: `apps/${this.system}/lambdas/${name}/handler.ts`,
      key: this.key,
      alarms: this.alarms,
    });
    this.functions.push(added);
    return added;
  }

  /** Objects of a bucket that come and go, through a queue to a function. */
  protected addBucketEvents(id: string, props: Omit<QueuedBucketEventsProps, 'key' | 'alarms'>): QueuedBucketEvents {
    const added = new QueuedBucketEvents(this, id, { ...props, key: this.key, alarms: this.alarms });
    this.events.push(added);
    return added;
  }

  /** The system's own network: private subnets, S3, and Secrets Manager for the actions that code and DMS need of it. */
  protected addNetwork(): PrivateNetwork {
    const network = new PrivateNetwork(this, 'network', { networkName: this.system, key: this.key });
    network.addInterfaceEndpoint('secretsmanager', SECRET_ACTIONS);
    return network;
  }

  /** A MySQL database, named after the system. */
  protected addMysqlDatabase(network: PrivateNetwork): MysqlDatabase {
    const database = new MysqlDatabase(this, 'database', {
      instanceName: this.system,
      databaseName: this.system,
      network,
      key: this.key,
      alarms: this.alarms,
      mayLoseData: true,
    });
    this.databases.push(database);
    return database;
  }

  /** A secret that a function fills: `lakewright/<system>/<name>`. */
  protected addSecret(name: string, description: string): EmptySecret {
    return new EmptySecret(this, `${name}_secret`, {
      secretName: `lakewright/${this.system}/${name}`,
      description,
      key: this.key,
      mayLoseData: true,
    });
  }

  /** Replicates a database into a bucket: instance, endpoints, task, and the flows between them. */
  protected addReplication(props: ReplicationProps): DmsReplicationTask {
    const { network, database, secret, bucket, mappings, after } = props;
    const { key, alarms, system } = this;
    const accountRoles = this.foundation.dmsRoles;
    const instance = new DmsReplicationInstance(this, 'replication', {
      instanceName: system,
      network,
      key,
      alarms,
      accountRoles,
    });
    database.group.allowFrom(instance.group, database.port, 'DMS reads tables and the binary log');
    network.endpoints.allowFrom(instance.group, 443, 'DMS reads the secret of its database user');
    instance.group.allowToGateway(network.s3, 'DMS writes files of changes');
    const source = new DmsMysqlSource(this, 'source', { endpointName: `${system}-source`, secret, key, after });
    const target = new DmsS3Target(this, 'target', { endpointName: `${system}-target`, bucket });
    const task = new DmsReplicationTask(this, 'task', { taskName: system, instance, source, target, mappings, alarms });
    this.replications.push(task);
    return task;
  }

  /** The CloudWatch page of everything that was added before. */
  protected addSystemDashboard(): SystemDashboard {
    return new SystemDashboard(this, 'dashboard', {
      dashboardName: `lakewright-${this.system}`,
      functions: this.functions,
      events: this.events,
      buckets: [...this.buckets, ...(this.lakeBucket ? [this.lakeBucket] : [])],
      databases: this.databases,
      replications: this.replications,
    });
  }

  private newBucket(part: string): SecureBucket {
    return new SecureBucket(this, part, {
      bucketName: bucketName(this.environment, this.system, part),
      key: this.key,
      accessLogs: this.foundation.accessLogs,
      mayLoseData: true,
    });
  }
}
