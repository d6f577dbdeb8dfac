import type { TaskDocument } from '../task/document';
import { checkpointText } from '../task/start-position';

/** Times of the API are seconds since 1970. */
function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

/** A task as the API shows it ("API Reference", ReplicationTask and ReplicationTaskStats). */
export function taskShape(task: TaskDocument) {
  const tables = Object.values(task.tables);
  const count = (state: string) => tables.filter((table) => table.state === state).length;
  const loaded = count('Table completed');
  return {
    ReplicationTaskIdentifier: task.identifier,
    ReplicationTaskArn: task.arn,
    SourceEndpointArn: task.sourceArn,
    TargetEndpointArn: task.targetArn,
    ReplicationInstanceArn: task.instanceArn,
    MigrationType: task.migrationType,
    TableMappings: task.tableMappings,
    ReplicationTaskSettings: task.settings ?? '{}',
    Status: task.status,
    StopReason: task.stopReason,
    LastFailureMessage: task.failure,
    ReplicationTaskCreationDate: seconds(task.created),
    ReplicationTaskStartDate: seconds(task.started),
    CdcStartPosition: task.cdcStartPosition,
    CdcStopPosition: task.cdcStopPosition,
    RecoveryCheckpoint: task.checkpoint ? checkpointText(task.checkpoint) : undefined,
    ReplicationTaskStats: {
      FullLoadProgressPercent: task.load === 'done' ? 100 : tables.length > 0 ? Math.floor((100 * loaded) / tables.length) : 0,
      TablesLoaded: loaded,
      TablesLoading: count('Full load'),
      TablesQueued: count('Before load'),
      TablesErrored: count('Table error'),
      FreshStartDate: seconds(task.freshStart),
      StartDate: seconds(task.started),
      StopDate: seconds(task.stopped),
      FullLoadStartDate: seconds(task.loadStarted),
      FullLoadFinishDate: seconds(task.loadEnded),
    },
  };
}

/** Statistics of the tables of a task ("API Reference", TableStatistics). */
export function tableShapes(task: TaskDocument) {
  return Object.values(task.tables).map((table) => ({
    SchemaName: table.schema,
    TableName: table.table,
    Inserts: table.inserts,
    Updates: table.updates,
    Deletes: table.deletes,
    Ddls: table.ddls,
    AppliedInserts: table.inserts,
    AppliedUpdates: table.updates,
    AppliedDeletes: table.deletes,
    AppliedDdls: table.ddls,
    FullLoadRows: table.fullLoadRows,
    FullLoadCondtnlChkFailedRows: 0,
    FullLoadErrorRows: 0,
    FullLoadStartTime: seconds(table.fullLoadStarted),
    FullLoadEndTime: seconds(table.fullLoadEnded),
    FullLoadReloaded: false,
    LastUpdateTime: seconds(table.updated),
    TableState: table.state,
    ValidationState: 'Not enabled',
  }));
}
