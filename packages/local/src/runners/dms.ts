import { rmSync } from 'node:fs';
import {
  CreateEndpointCommand,
  type CreateEndpointCommandInput,
  CreateReplicationInstanceCommand,
  CreateReplicationTaskCommand,
  type DatabaseMigrationServiceClient,
  DeleteEndpointCommand,
  DeleteReplicationInstanceCommand,
  DeleteReplicationTaskCommand,
  DescribeEndpointsCommand,
  DescribeReplicationInstancesCommand,
  type MigrationTypeValue,
  ModifyEndpointCommand,
  ModifyReplicationInstanceCommand,
  ModifyReplicationTaskCommand,
  type ReplicationTask,
  StartReplicationTaskCommand,
  StopReplicationTaskCommand,
} from '@aws-sdk/client-database-migration-service';
import { settled, startType, tasksBy, withArn } from '../aws/dms';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { readInstanceFile, serviceFolder, writeInstanceFile } from '../services/instance';
import { ensureServices, stopServices } from '../services/services';
import { mend } from './mend';
import type { Outcome, ResourceRunner, Runner, RunnerContext } from './runner';
import { type Block, block, optionalBoolean, optionalNumber, optionalText, text } from './values';

const filterBy = (Name: string, value: string) => ({ Filters: [{ Name, Values: [value] }] });

const instance: ResourceRunner = {
  limits: 'one process for all of them, without a size or a network',
  identity: (resource) => ({ arn: text(resource, 'replication_instance_arn') }),
  async reconcile(resource, context) {
    const dms = await ready(context);
    const ReplicationInstanceArn = text(resource, 'replication_instance_arn');
    const wanted = {
      ReplicationInstanceIdentifier: text(resource, 'replication_instance_id'),
      ReplicationInstanceClass: text(resource, 'replication_instance_class'),
      AllocatedStorage: optionalNumber(resource.values, 'allocated_storage'),
      EngineVersion: optionalText(resource.values, 'engine_version'),
      MultiAZ: optionalBoolean(resource.values, 'multi_az') ?? false,
    };
    const actual = await instances(dms, ReplicationInstanceArn);
    return mend(actual[0], wanted, () =>
      actual[0]
        ? dms.send(new ModifyReplicationInstanceCommand({ ...wanted, ReplicationInstanceArn, ApplyImmediately: true }))
        : dms.send(withArn(new CreateReplicationInstanceCommand(wanted), 'ReplicationInstanceArn', ReplicationInstanceArn)),
    );
  },
  remove: ({ identity }, context) =>
    removed(context, (dms) => dms.send(new DeleteReplicationInstanceCommand({ ReplicationInstanceArn: identity.arn! }))),
};

async function instances(dms: DatabaseMigrationServiceClient, arn: string) {
  const page = await found(dms.send(new DescribeReplicationInstancesCommand(filterBy('replication-instance-arn', arn))));
  return page?.ReplicationInstances ?? [];
}

/** DMS, which is there from the making of its first resource on. */
async function ready({ local, aws }: RunnerContext): Promise<DatabaseMigrationServiceClient> {
  if (!readInstanceFile(local, 'dms')) writeInstanceFile(local, 'dms', {});
  await ensureServices(local, { services: ['dms'] });
  return aws.dms;
}

/** Removes one of its resources where there are any, and with the last of them its process. */
async function removed(context: RunnerContext, remove: (dms: DatabaseMigrationServiceClient) => Promise<unknown>): Promise<void> {
  if (!readInstanceFile(context.local, 'dms')) return;
  const dms = await ready(context);
  await found(remove(dms));
  const { ReplicationInstances = [] } = await dms.send(new DescribeReplicationInstancesCommand({}));
  const { Endpoints = [] } = await dms.send(new DescribeEndpointsCommand({}));
  if (ReplicationInstances.length + Endpoints.length > 0) return;
  await stopServices(context.local, { services: ['dms'] });
  rmSync(serviceFolder(context.local, 'dms'), { recursive: true });
}

function endpoint(limits: string, settings: (resource: DeployedResource) => Partial<CreateEndpointCommandInput>): ResourceRunner {
  return {
    limits,
    identity: (resource) => ({ arn: text(resource, 'endpoint_arn') }),
    async reconcile(resource, context) {
      const dms = await ready(context);
      const EndpointArn = text(resource, 'endpoint_arn');
      const wanted = {
        EndpointIdentifier: text(resource, 'endpoint_id'),
        EndpointType: text(resource, 'endpoint_type') as 'source' | 'target',
        SslMode: (optionalText(resource.values, 'ssl_mode') ?? 'none') as 'none',
        EngineName: 's3',
        ...settings(resource),
      };
      const page = await found(dms.send(new DescribeEndpointsCommand(filterBy('endpoint-arn', EndpointArn))));
      const [actual] = page?.Endpoints ?? [];
      return mend(actual, wanted, () =>
        actual
          ? withoutTasks(dms, EndpointArn, () => dms.send(new ModifyEndpointCommand({ ...wanted, EndpointArn })))
          : dms.send(withArn(new CreateEndpointCommand(wanted), 'EndpointArn', EndpointArn)),
      );
    },
    remove: ({ identity }, context) =>
      removed(context, (dms) => dms.send(new DeleteEndpointCommand({ EndpointArn: identity.arn! }))),
  };
}

const mysqlEndpoint = endpoint('a MySQL source whose secret names a server of this machine', (resource) => ({
  EngineName: text(resource, 'engine_name'),
  DatabaseName: optionalText(resource.values, 'database_name'),
  ExtraConnectionAttributes: optionalText(resource.values, 'extra_connection_attributes'),
  MySQLSettings: {
    ...named(block(resource.values, 'mysql_settings') ?? {}),
    SecretsManagerSecretId: optionalText(resource.values, 'secrets_manager_arn'),
    SecretsManagerAccessRoleArn: optionalText(resource.values, 'secrets_manager_access_role_arn'),
  },
}));

/** Arguments of `aws_dms_s3_endpoint` that are the endpoint's own; all the others are settings of S3. */
const OWN = new Set(
  [
    'certificate_arn',
    'endpoint_arn',
    'endpoint_id',
    'endpoint_type',
    'engine_display_name',
    'external_id',
    'id',
    'kms_key_arn',
  ].concat(['region', 'ssl_mode', 'status', 'tags', 'tags_all', 'timeouts']),
);

const s3Endpoint = endpoint('files of Parquet; what the local DMS does not write is refused', (resource) => ({
  S3Settings: named(Object.fromEntries(Object.entries(resource.values).filter(([name]) => !OWN.has(name)))),
}));

/** Attributes by their names in the API: `cdc_min_file_size` is CdcMinFileSize. What has no value is left out. */
function named(values: Block): Record<string, string | number | boolean> {
  const given = Object.entries(values).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  const pascal = (name: string) => name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(given.filter(([, value]) => value !== '').map(([name, value]) => [pascal(name), value]));
}

const task: ResourceRunner = {
  limits: 'full load and changes of MySQL into files; lakewright status shows how far it is',
  identity: (resource) => ({ arn: text(resource, 'replication_task_arn') }),
  async reconcile(resource, context) {
    const dms = await ready(context);
    const ReplicationTaskArn = text(resource, 'replication_task_arn');
    const settings = taskSettings(resource);
    const [actual] = await tasksBy(dms, 'replication-task-arn', ReplicationTaskArn);
    const ends = {
      SourceEndpointArn: text(resource, 'source_endpoint_arn'),
      TargetEndpointArn: text(resource, 'target_endpoint_arn'),
      ReplicationInstanceArn: text(resource, 'replication_instance_arn'),
    };
    const made = await mend(actual && documents(actual), documents({ ...settings, ...ends }), () =>
      actual
        ? paused(dms, actual, () => dms.send(new ModifyReplicationTaskCommand({ ...settings, ReplicationTaskArn })))
        : dms.send(withArn(new CreateReplicationTaskCommand({ ...settings, ...ends }), 'ReplicationTaskArn', ReplicationTaskArn)),
    );
    return startOrStop(
      dms,
      ReplicationTaskArn,
      optionalBoolean(resource.values, 'start_replication_task') ?? false,
      made,
      actual,
    );
  },
  remove: ({ identity }, context) =>
    removed(context, async (dms) => {
      const [actual] = await tasksBy(dms, 'replication-task-arn', identity.arn!);
      if (!actual) return;
      await stopTask(dms, actual);
      await dms.send(new DeleteReplicationTaskCommand({ ReplicationTaskArn: identity.arn! }));
      await settled(dms, identity.arn!, ['deleting']);
    }),
};

function taskSettings(resource: DeployedResource) {
  return {
    ReplicationTaskIdentifier: text(resource, 'replication_task_id'),
    MigrationType: text(resource, 'migration_type') as MigrationTypeValue,
    TableMappings: text(resource, 'table_mappings'),
    ReplicationTaskSettings: optionalText(resource.values, 'replication_task_settings'),
    CdcStartPosition: optionalText(resource.values, 'cdc_start_position'),
  };
}

/** Documents as what they say: the service adds settings that were not given. */
function documents({ TableMappings, ReplicationTaskSettings, ...rest }: ReplicationTask) {
  const parsed = (document: string | undefined) => JSON.parse(document || '{}') as unknown;
  return { ...rest, TableMappings: parsed(TableMappings), ReplicationTaskSettings: parsed(ReplicationTaskSettings) };
}

/** `start_replication_task` starts a task that was just made; a task that runs otherwise is left alone, as it was started by a run. */
async function startOrStop(
  dms: DatabaseMigrationServiceClient,
  ReplicationTaskArn: string,
  start: boolean,
  made: Outcome,
  actual: ReplicationTask | undefined,
): Promise<Outcome> {
  if (!start || actual?.Status === 'running' || actual?.Status === 'starting') return made;
  const StartReplicationTaskType = startType(actual);
  await dms.send(new StartReplicationTaskCommand({ ReplicationTaskArn, StartReplicationTaskType }));
  return actual ? 'updated' : made;
}

/** Does something with the tasks of an endpoint stopped; those that ran go on afterwards. */
async function withoutTasks<T>(dms: DatabaseMigrationServiceClient, endpointArn: string, action: () => Promise<T>): Promise<T> {
  const tasks = await tasksBy(dms, 'endpoint-arn', endpointArn);
  return tasks.reduceRight<() => Promise<T>>((inner, each) => () => paused(dms, each, inner), action)();
}

async function paused<T>(dms: DatabaseMigrationServiceClient, task: ReplicationTask, action: () => Promise<T>): Promise<T> {
  const ran = await stopTask(dms, task);
  const result = await action();
  const ReplicationTaskArn = task.ReplicationTaskArn!;
  if (ran) await dms.send(new StartReplicationTaskCommand({ ReplicationTaskArn, StartReplicationTaskType: 'resume-processing' }));
  return result;
}

/** @returns whether it ran */
async function stopTask(dms: DatabaseMigrationServiceClient, { ReplicationTaskArn, Status }: ReplicationTask): Promise<boolean> {
  if (!['starting', 'running', 'stopping'].includes(Status ?? '')) return false;
  const now = await settled(dms, ReplicationTaskArn!, ['starting']);
  if (now?.Status === 'running') await dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn }));
  await settled(dms, ReplicationTaskArn!, ['running', 'stopping']);
  return Status !== 'stopping';
}

/** Replication: its instance is the process, its endpoints and tasks are told to it. */
export const dmsRunner: Runner = {
  family: 'dms',
  resources: {
    aws_dms_replication_instance: instance,
    aws_dms_endpoint: mysqlEndpoint,
    aws_dms_s3_endpoint: s3Endpoint,
    aws_dms_replication_task: task,
  },
};
