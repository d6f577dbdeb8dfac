import {
  DescribeTableStatisticsCommand,
  paginateDescribeReplicationTasks,
  type ReplicationTask,
  type TableStatistics,
} from '@aws-sdk/client-database-migration-service';
import type { RowDataPacket } from 'mysql2/promise';
import { type AwsClients, awsClients } from '../aws/clients';
import { found } from '../aws/found';
import type { LocalContext } from '../context';
import { withAdmin } from '../services/database/mariadb/admin';
import { mariaDbData } from '../services/database/mariadb/service';
import { servicesOf } from '../services/services';

/** A table of a replication task, as "DescribeTableStatistics" tells of it. */
export interface ReplicatedTable {
  /** schema.table */
  readonly table: string;
  /** Before load, Full load, Table completed, Table error. */
  readonly state: string;
  readonly fullLoadRows: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
}

/** How a replication task stands. */
export interface ReplicationProgress {
  readonly task: string;
  /** ready, starting, running, stopping, stopped, failed. */
  readonly status: string;
  /** Why it stopped, or what it is trying again. */
  readonly reason?: string;
  /** Tables of the full load that are done, of all. */
  readonly loadedTables: number;
  readonly tableCount: number;
  readonly percent: number;
  /** Whether everything that the source has committed is in files; unknown before the first change is read. */
  readonly caughtUp?: boolean;
  readonly tables: readonly ReplicatedTable[];
}

/** A place in the source's binary log. */
export interface LogPosition {
  readonly file: string;
  readonly offset: number;
}

/** Every replication task of this clone, whose DMS runs; none where nothing is replicated. */
export async function replicationStatus(context: LocalContext): Promise<readonly ReplicationProgress[]> {
  if (!servicesOf(context).includes('dms')) return [];
  const aws = awsClients(context);
  try {
    const source = await sourcePosition(context).catch(() => undefined);
    const tasks: ReplicationTask[] = [];
    for await (const page of paginateDescribeReplicationTasks({ client: aws.dms }, {}))
      tasks.push(...(page.ReplicationTasks ?? []));
    return await Promise.all(tasks.map((task) => progressOf(aws, task, source)));
  } finally {
    aws.close();
  }
}

/** A task with the statistics of its tables. */
export async function progressOf(
  { dms }: Pick<AwsClients, 'dms'>,
  task: ReplicationTask,
  source?: LogPosition,
): Promise<ReplicationProgress> {
  const { ReplicationTaskArn, ReplicationTaskStats: stats = {} } = task;
  const page = await found(dms.send(new DescribeTableStatisticsCommand({ ReplicationTaskArn })));
  const tables = (page?.TableStatistics ?? []).map(tableOf).sort((a, b) => a.table.localeCompare(b.table));
  const { TablesLoaded = 0, TablesLoading = 0, TablesQueued = 0, TablesErrored = 0 } = stats;
  const reached = checkpointOf(task);
  return {
    task: task.ReplicationTaskIdentifier!,
    status: task.Status!,
    reason: task.LastFailureMessage ?? task.StopReason,
    loadedTables: TablesLoaded,
    tableCount: TablesLoaded + TablesLoading + TablesQueued + TablesErrored,
    percent: stats.FullLoadProgressPercent ?? 0,
    ...(reached && source ? { caughtUp: hasReached(reached, source) } : {}),
    tables,
  };
}

function tableOf(table: TableStatistics): ReplicatedTable {
  return {
    table: `${table.SchemaName}.${table.TableName}`,
    state: table.TableState ?? '',
    fullLoadRows: table.FullLoadRows ?? 0,
    inserts: table.Inserts ?? 0,
    updates: table.Updates ?? 0,
    deletes: table.Deletes ?? 0,
  };
}

/** Up to where the changes are in files: the place in a checkpoint such as `checkpoint:V1#1#binlog.000024:373:-1#...`. */
export function checkpointOf({ RecoveryCheckpoint }: Pick<ReplicationTask, 'RecoveryCheckpoint'>): LogPosition | undefined {
  const [, file, offset] = /#([^#:]+\.\d+):(\d+)[:#]/.exec(RecoveryCheckpoint ?? '') ?? [];
  return file === undefined ? undefined : { file, offset: Number(offset) };
}

/** Whether one place is another, or behind it. Files are numbered. */
export function hasReached(reached: LogPosition, wanted: LogPosition): boolean {
  const [own, other] = [reached, wanted].map(({ file }) => Number(file.slice(file.lastIndexOf('.') + 1))) as [number, number];
  return own === other ? reached.offset >= wanted.offset : own > other;
}

/** Where the source's binary log ends: everything before it is committed. */
export async function sourcePosition(context: LocalContext): Promise<LogPosition> {
  return withAdmin(mariaDbData(context), async (connection) => {
    const [rows] = await connection.query<(RowDataPacket & { File: string; Position: number })[]>('SHOW MASTER STATUS');
    return { file: rows[0]!.File, offset: Number(rows[0]!.Position) };
  });
}
