import {
  AlarmTopic,
  DmsAccountRoles,
  DmsMysqlSource,
  DmsReplicationInstance,
  DmsReplicationTask,
  type DmsReplicationTaskProps,
  DmsS3Target,
  EmptySecret,
  type LakewrightStack,
  MysqlDatabase,
  PrivateNetwork,
  type RelationalDatabaseProps,
  SecureBucket,
  StackKey,
} from '../../src';

/** What stands in a network, each made once with the least said. */
export class Replicated {
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
  readonly network: PrivateNetwork;

  constructor(private readonly scope: LakewrightStack) {
    this.key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
    this.alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key: this.key });
    this.network = new PrivateNetwork(scope, 'network', { networkName: 'homes', key: this.key });
  }

  database(props: Partial<RelationalDatabaseProps> = {}): MysqlDatabase {
    const { key, alarms, network } = this;
    return new MysqlDatabase(this.scope, 'database', {
      instanceName: 'homes',
      databaseName: 'homes',
      network,
      key,
      alarms,
      ...props,
    });
  }

  secret(): EmptySecret {
    return new EmptySecret(this.scope, 'secret', { secretName: 'lakewright/homes/dms', description: 'DMS', key: this.key });
  }

  bucket(key: StackKey | undefined = this.key): SecureBucket {
    return new SecureBucket(this.scope, 'bucket', { bucketName: 'homes-bronze', key });
  }

  instance(instanceName = 'homes'): DmsReplicationInstance {
    const { key, alarms, network } = this;
    const accountRoles = DmsAccountRoles.fromAccount();
    return new DmsReplicationInstance(this.scope, 'replication', { instanceName, network, key, alarms, accountRoles });
  }

  source(endpointName = 'homes-source'): DmsMysqlSource {
    const secret = this.secret();
    return new DmsMysqlSource(this.scope, 'source', { endpointName, secret, key: this.key, after: [secret.secret] });
  }

  task(props: Partial<DmsReplicationTaskProps> = {}): DmsReplicationTask {
    return new DmsReplicationTask(this.scope, 'task', {
      taskName: 'homes',
      instance: props.instance ?? this.instance(),
      source: this.source(),
      target: new DmsS3Target(this.scope, 'target', { endpointName: 'homes-target', bucket: this.bucket() }),
      mappings: { selections: [{ schema: 'homes', table: '%' }] },
      alarms: this.alarms,
      ...props,
    });
  }
}
