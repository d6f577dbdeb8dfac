import { z } from 'zod';
import { parse } from '../settings/parse';
import type { TaskDocument } from '../task/document';
import { type Action, arnOf, filtered, identifier } from './action';
import { tableShapes, taskShape } from './shapes';
import type { StartType } from './tasks';

const taskInput = z.object({
  ReplicationTaskIdentifier: identifier,
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

export const TASK_ACTIONS: Readonly<Record<string, Action>> = {
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
