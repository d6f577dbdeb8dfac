import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Fault, invalid } from '../errors';
import { parse } from '../settings/parse';
import { readS3Settings } from '../settings/s3-settings';
import { readSourceSettings } from '../settings/source-settings';
import type { TaskDocument } from '../task/document';
import { testEndpoint } from './connections';
import { tableShapes, taskShape } from './shapes';
import type { Kind, Resource, ResourceStore } from './store';
import type { StartType, TaskHost, Tasks } from './tasks';

export interface ApiState {
  readonly host: TaskHost;
  readonly resources: ResourceStore;
  readonly tasks: Tasks;
  /** Results of TestConnection, by endpoint. They are not kept: after a restart nothing is known of them. */
  readonly connections: Map<string, Resource>;
}

type Action = (input: Record<string, unknown>, state: ApiState) => unknown;

const id = z.string().min(1).max(255);

/** What is the same for the resources that are kept as they were given. */
interface Family {
  readonly kind: Kind;
  /** Part of an ARN. */
  readonly resource: string;
  readonly identifier: string;
  readonly arn: string;
  /** What is checked before it is kept. */
  check?(resource: Resource): void;
  /** What the service adds. */
  readonly extra: Resource;
}

const FAMILIES: readonly Family[] = [
  {
    kind: 'ReplicationInstance',
    resource: 'rep',
    identifier: 'ReplicationInstanceIdentifier',
    arn: 'ReplicationInstanceArn',
    extra: { ReplicationInstanceStatus: 'available' },
  },
  {
    kind: 'ReplicationSubnetGroup',
    resource: 'subgrp',
    identifier: 'ReplicationSubnetGroupIdentifier',
    arn: 'ReplicationSubnetGroupArn',
    extra: { SubnetGroupStatus: 'Complete' },
  },
  {
    kind: 'Endpoint',
    resource: 'endpoint',
    identifier: 'EndpointIdentifier',
    arn: 'EndpointArn',
    check: checkEndpoint,
    extra: { Status: 'active' },
  },
  { kind: 'Certificate', resource: 'cert', identifier: 'CertificateIdentifier', arn: 'CertificateArn', extra: {} },
];

/** Lists are asked for by filters; the names of filters are those of the API. */
const FILTERS: Readonly<Record<string, string>> = {
  'replication-instance-arn': 'ReplicationInstanceArn',
  'replication-instance-id': 'ReplicationInstanceIdentifier',
  'replication-subnet-group-id': 'ReplicationSubnetGroupIdentifier',
  'endpoint-arn': 'EndpointArn',
  'endpoint-id': 'EndpointIdentifier',
  'endpoint-type': 'EndpointType',
  'engine-name': 'EngineName',
  'certificate-arn': 'CertificateArn',
  'certificate-id': 'CertificateIdentifier',
  'replication-task-arn': 'ReplicationTaskArn',
  'replication-task-id': 'ReplicationTaskIdentifier',
  'migration-type': 'MigrationType',
};
const filters = z.array(z.looseObject({ Name: z.string(), Values: z.array(z.string()) })).optional();

function filtered(items: readonly Resource[], input: Record<string, unknown>, fault?: string): readonly Resource[] {
  const asked = parse(filters, input['Filters'], 'Filters') ?? [];
  const found = items.filter((item) =>
    asked.every(({ Name, Values }) => {
      const field = FILTERS[Name];
      if (!field) throw invalid(`Filters: '${Name}' is not known`);
      return Values.includes(String(item[field]));
    }),
  );
  // The service answers a filter that finds nothing with a fault; those who wait for a deletion rely on it.
  if (fault && asked.length > 0 && found.length === 0)
    throw new Fault('ResourceNotFoundFault', `No ${fault} found matching the filters.`);
  return found;
}

function familyActions(family: Family): Record<string, Action> {
  const { kind, identifier, arn } = family;
  const verb = kind === 'Certificate' ? 'Import' : 'Create';
  // A subnet group is named by its identifier everywhere, everything else by its ARN.
  const idOf = (resource: Resource) => String(resource[kind === 'ReplicationSubnetGroup' ? identifier : arn]);
  return {
    [`${verb}${kind}`]: (input, { resources }) => {
      const name = parse(id, input[identifier], identifier);
      const resource: Resource = {
        ...input,
        [identifier]: name,
        [arn]: arnOf(family.resource, input[arn], input['ResourceIdentifier']),
        ...family.extra,
      };
      family.check?.(resource);
      return { [kind]: resources.create(kind, idOf(resource), resource) };
    },
    [`Modify${kind}`]: (input, { resources }) => {
      const found = resources.get(kind, idOf(input));
      const resource = { ...found, ...input };
      family.check?.(resource);
      return { [kind]: resources.put(kind, idOf(found), resource) };
    },
    [`Delete${kind}`]: (input, { resources, tasks }) => {
      const name = idOf(input);
      if (tasks.all().some(({ sourceArn, targetArn, instanceArn }) => [sourceArn, targetArn, instanceArn].includes(name)))
        throw new Fault('InvalidResourceStateFault', `${kind} ${name} is in use by a replication task.`);
      return { [kind]: resources.remove(kind, name) };
    },
    [`Describe${kind}s`]: (input, { resources }) => ({ [`${kind}s`]: filtered(resources.all(kind), input, kind) }),
  };
}

/** The ARN that the caller gives (the service draws it; ours are known from the plan), else one with a name, else one that is drawn. */
function arnOf(resource: string, given: unknown, name: unknown): string {
  if (typeof given === 'string') return given;
  return `arn:aws:dms:us-east-1:000000000000:${resource}:${name ?? randomBytes(13).toString('hex').toUpperCase()}`;
}

function checkEndpoint(endpoint: Resource): void {
  if (endpoint['EndpointType'] === 'source') readSourceSettings(endpoint);
  else if (endpoint['EngineName'] === 's3') readS3Settings(endpoint['S3Settings']);
  else throw invalid(`EngineName '${endpoint['EngineName']}' is not supported as a target; s3 is`);
}

const taskInput = z.object({
  ReplicationTaskIdentifier: id,
  ReplicationTaskArn: z.string().optional(),
  ResourceIdentifier: z.string().optional(),
  SourceEndpointArn: z.string(),
  TargetEndpointArn: z.string(),
  ReplicationInstanceArn: z.string(),
  MigrationType: z.enum(['full-load', 'cdc', 'full-load-and-cdc']),
  TableMappings: z.string(),
  ReplicationTaskSettings: z.string().nullish(),
  CdcStartPosition: z.string().nullish(),
  CdcStopPosition: z.string().nullish(),
  CdcStartTime: z.never({ error: 'not supported: the binary log is not searched by time; give CdcStartPosition' }).optional(),
});
const changeInput = taskInput
  .pick({
    MigrationType: true,
    TableMappings: true,
    ReplicationTaskSettings: true,
    CdcStartPosition: true,
    CdcStopPosition: true,
  })
  .partial();
const startInput = z.object({
  ReplicationTaskArn: z.string(),
  StartReplicationTaskType: z.enum(['start-replication', 'resume-processing', 'reload-target']),
  CdcStartPosition: z.string().nullish(),
  CdcStopPosition: z.string().nullish(),
  CdcStartTime: z.never({ error: 'not supported: the binary log is not searched by time; give CdcStartPosition' }).optional(),
});
const byArn = z.looseObject({ ReplicationTaskArn: z.string() });

const reloadInput = z.looseObject({
  ReplicationTaskArn: z.string(),
  TablesToReload: z.array(z.looseObject({ SchemaName: z.string(), TableName: z.string() })).min(1),
  ReloadOption: z.enum(['data-reload'], { error: 'only data-reload is supported: rows are not validated' }).optional(),
});

const TASK_ACTIONS: Record<string, Action> = {
  CreateReplicationTask: (input, { tasks, resources, host }) => {
    const given = parse(taskInput, input, 'CreateReplicationTask');
    resources.get('ReplicationInstance', given.ReplicationInstanceArn);
    const task: TaskDocument = {
      arn: arnOf('task', given.ReplicationTaskArn, given.ResourceIdentifier),
      identifier: given.ReplicationTaskIdentifier,
      sourceArn: given.SourceEndpointArn,
      targetArn: given.TargetEndpointArn,
      instanceArn: given.ReplicationInstanceArn,
      migrationType: given.MigrationType,
      tableMappings: given.TableMappings,
      settings: given.ReplicationTaskSettings ?? undefined,
      cdcStartPosition: given.CdcStartPosition ?? undefined,
      cdcStopPosition: given.CdcStopPosition ?? undefined,
      created: host.clock(),
      status: 'ready',
      load: 'none',
      lastFile: 0,
      tables: {},
    };
    return { ReplicationTask: taskShape(tasks.create(task)) };
  },
  ModifyReplicationTask: (input, { tasks }) => {
    const given = parse(changeInput, input, 'ModifyReplicationTask');
    const changes: Record<string, unknown> = {
      migrationType: given.MigrationType,
      tableMappings: given.TableMappings,
      settings: given.ReplicationTaskSettings ?? undefined,
      cdcStartPosition: given.CdcStartPosition ?? undefined,
      cdcStopPosition: given.CdcStopPosition ?? undefined,
    };
    const present = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return { ReplicationTask: taskShape(tasks.modify(parse(byArn, input, 'ModifyReplicationTask').ReplicationTaskArn, present)) };
  },
  DeleteReplicationTask: (input, { tasks }) => ({
    ReplicationTask: taskShape(tasks.delete(parse(byArn, input, 'DeleteReplicationTask').ReplicationTaskArn)),
  }),
  DescribeReplicationTasks: (input, { tasks }) => ({
    ReplicationTasks: filtered(tasks.all().map(taskShape), input, 'replication task'),
  }),
  StartReplicationTask: (input, { tasks }) => {
    const given = parse(startInput, input, 'StartReplicationTask');
    const positions = { start: given.CdcStartPosition ?? undefined, stop: given.CdcStopPosition ?? undefined };
    return {
      ReplicationTask: taskShape(tasks.start(given.ReplicationTaskArn, given.StartReplicationTaskType as StartType, positions)),
    };
  },
  StopReplicationTask: (input, { tasks }) => ({
    ReplicationTask: taskShape(tasks.stop(parse(byArn, input, 'StopReplicationTask').ReplicationTaskArn)),
  }),
  ReloadTables: (input, { tasks }) => {
    const { ReplicationTaskArn, TablesToReload } = parse(reloadInput, input, 'ReloadTables');
    tasks.reload(
      ReplicationTaskArn,
      TablesToReload.map(({ SchemaName: schema, TableName: table }) => ({ schema, table })),
    );
    return { ReplicationTaskArn };
  },
  DescribeTableStatistics: (input, { tasks }) => {
    const { ReplicationTaskArn } = parse(byArn, input, 'DescribeTableStatistics');
    return { ReplicationTaskArn, TableStatistics: tableShapes(tasks.get(ReplicationTaskArn)) };
  },
};

const connectionInput = z.looseObject({ EndpointArn: z.string(), ReplicationInstanceArn: z.string() });

const CONNECTION_ACTIONS: Record<string, Action> = {
  TestConnection: async (input, state) => {
    const { EndpointArn, ReplicationInstanceArn } = parse(connectionInput, input, 'TestConnection');
    const endpoint = state.resources.get('Endpoint', EndpointArn);
    const { ReplicationInstanceIdentifier } = state.resources.get('ReplicationInstance', ReplicationInstanceArn);
    const begun = {
      EndpointArn,
      ReplicationInstanceArn,
      EndpointIdentifier: endpoint['EndpointIdentifier'],
      ReplicationInstanceIdentifier,
    };
    state.connections.set(EndpointArn, { ...begun, Status: 'testing' });
    // The service answers at once too: the result is asked for by DescribeConnections.
    void testEndpoint(endpoint, state.host).then((failure) => {
      const result = failure === undefined ? { Status: 'successful' } : { Status: 'failed', LastFailureMessage: failure };
      state.connections.set(EndpointArn, { ...begun, ...result });
    });
    return { Connection: state.connections.get(EndpointArn) };
  },
  DescribeConnections: (input, { connections }) => ({ Connections: filtered([...connections.values()], input) }),
};

/** Every action of the DMS API that there is here, by its name. */
export const ACTIONS: Readonly<Record<string, Action>> = Object.assign(
  {},
  ...FAMILIES.map(familyActions),
  TASK_ACTIONS,
  CONNECTION_ACTIONS,
);
