import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateEndpointCommand,
  CreateReplicationInstanceCommand,
  CreateReplicationTaskCommand,
  DatabaseMigrationServiceClient,
  DescribeReplicationTasksCommand,
  DescribeTableStatisticsCommand,
  type MigrationTypeValue,
  type ReplicationTask,
  type S3Settings,
  StartReplicationTaskCommand,
  type StartReplicationTaskTypeValue,
  StopReplicationTaskCommand,
  type TableStatistics,
} from '@aws-sdk/client-database-migration-service';
import { freePorts } from '@lakewright/config';
import { parsePosition, startDms } from '../../src';
import { isBehind } from '../../src/source/event';
import { folderStore } from './folder-store';
import type { TestDatabase } from './mariadb';
import { startSecrets } from './secrets';

export const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
export const ALL = { rules: [selection('1', 'shop', '%')] };

export function selection(id: string, schema: string, table: string, action = 'include') {
  return {
    'rule-type': 'selection',
    'rule-id': id,
    'rule-name': id,
    'object-locator': { 'schema-name': schema, 'table-name': table },
    'rule-action': action,
  };
}

export interface TaskOptions {
  readonly migrationType?: MigrationTypeValue;
  readonly mappings?: object;
  readonly settings?: object;
  readonly s3?: Partial<S3Settings>;
  readonly tls?: 'none' | 'verify-ca' | 'verify-full';
}

/** The API of a DMS, as its SDK speaks it. */
export class DmsApi {
  readonly client: DatabaseMigrationServiceClient;

  constructor(port: number) {
    this.client = new DatabaseMigrationServiceClient({ ...ACCESS, endpoint: `http://127.0.0.1:${port}` });
  }

  /** A task with its endpoints; its ARN. */
  async create(name: string, options: TaskOptions = {}): Promise<string> {
    const instance = await this.client.send(
      new CreateReplicationInstanceCommand({ ReplicationInstanceIdentifier: name, ReplicationInstanceClass: 'dms.t3.small' }),
    );
    const source = await this.client.send(
      new CreateEndpointCommand({
        EndpointIdentifier: `${name}-source`,
        EndpointType: 'source',
        EngineName: 'mysql',
        SslMode: options.tls ?? 'none',
        MySQLSettings: { SecretsManagerSecretId: 'source', SecretsManagerAccessRoleArn: 'arn:aws:iam::000000000000:role/dms' },
      }),
    );
    const target = await this.client.send(
      new CreateEndpointCommand({
        EndpointIdentifier: `${name}-target`,
        EndpointType: 'target',
        EngineName: 's3',
        S3Settings: {
          BucketName: 'bronze',
          DataFormat: 'parquet',
          IncludeOpForFullLoad: true,
          TimestampColumnName: 'committed_at',
          CdcMaxBatchInterval: 1,
          ...options.s3,
        },
      }),
    );
    const { ReplicationTask: task } = await this.client.send(
      new CreateReplicationTaskCommand({
        ReplicationTaskIdentifier: name,
        SourceEndpointArn: source.Endpoint!.EndpointArn,
        TargetEndpointArn: target.Endpoint!.EndpointArn,
        ReplicationInstanceArn: instance.ReplicationInstance!.ReplicationInstanceArn,
        MigrationType: options.migrationType ?? 'full-load-and-cdc',
        TableMappings: JSON.stringify(options.mappings ?? ALL),
        ReplicationTaskSettings: options.settings ? JSON.stringify(options.settings) : undefined,
      }),
    );
    return task!.ReplicationTaskArn!;
  }

  async start(arn: string, type: StartReplicationTaskTypeValue = 'start-replication', positions: object = {}): Promise<void> {
    await this.client.send(
      new StartReplicationTaskCommand({ ReplicationTaskArn: arn, StartReplicationTaskType: type, ...positions }),
    );
  }

  async task(arn: string): Promise<ReplicationTask> {
    const { ReplicationTasks: tasks } = await this.client.send(
      new DescribeReplicationTasksCommand({ Filters: [{ Name: 'replication-task-arn', Values: [arn] }] }),
    );
    return tasks![0]!;
  }

  async statistics(arn: string): Promise<TableStatistics[]> {
    const { TableStatistics: tables } = await this.client.send(new DescribeTableStatisticsCommand({ ReplicationTaskArn: arn }));
    return tables!;
  }

  /** Waits until a task is as wanted. @throws Error when it fails meanwhile */
  async until(arn: string, wanted: (task: ReplicationTask) => boolean): Promise<ReplicationTask> {
    for (;;) {
      const task = await this.task(arn);
      if (wanted(task)) return task;
      if (task.Status === 'failed') throw new Error(task.LastFailureMessage);
      await sleep(50);
    }
  }

  /** Waits until all that the source has logged is in files. */
  async drained(arn: string, database: TestDatabase): Promise<void> {
    const [status] = await database.rows('SHOW MASTER STATUS');
    const wanted = { file: String(status!['File']), offset: Number(status!['Position']) };
    await this.until(arn, ({ RecoveryCheckpoint: at }) => at !== undefined && !isBehind(wanted, parsePosition(at)));
  }

  async stop(arn: string): Promise<ReplicationTask> {
    await this.client.send(new StopReplicationTaskCommand({ ReplicationTaskArn: arn }));
    return this.until(arn, ({ Status }) => Status === 'stopped');
  }
}

/** A DMS in this process, whose bucket is a folder. */
export async function testDms(folder: string, database: TestDatabase, caFile = join(folder, 'none.pem')) {
  const [port] = await freePorts(1);
  const secrets = await startSecrets({ source: database.secret });
  const start = () =>
    startDms({
      port: port!,
      folder: join(folder, 'state'),
      s3: { ...ACCESS, endpoint: 'http://127.0.0.1:1' },
      secrets: { ...ACCESS, endpoint: secrets.url },
      caFile,
      storeOf: () => folderStore(join(folder, 'bronze')),
    });
  let dms = await start();
  return {
    api: new DmsApi(port!),
    bucket: join(folder, 'bronze'),
    restart: async () => {
      await dms.close();
      dms = await start();
    },
    close: async () => {
      await dms.close();
      await secrets.close();
    },
  };
}
