import type { Position } from '../source/event';
import type { ChangeCounts } from '../target/table-batch';
import type { SequenceState } from './change-sequence';

/** States of a task ("DescribeReplicationTasks", Status). */
export type TaskStatus = 'creating' | 'ready' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'deleting';

export type MigrationType = 'full-load' | 'cdc' | 'full-load-and-cdc';

/** Counts and state of a table ("DescribeTableStatistics"). */
export interface TableState extends ChangeCounts {
  readonly schema: string;
  readonly table: string;
  state: 'Before load' | 'Full load' | 'Table completed' | 'Table error';
  fullLoadRows: number;
  ddls: number;
  fullLoadStarted?: number;
  fullLoadEnded?: number;
  updated: number;
}

/** Files that are about to be written: written again under the same names when the process ends before it has noted that they are. */
export interface Plan {
  readonly to: Position;
  /** Time in the names of the files. */
  readonly time: number;
}

/** All that is known of a task, in one file; no secret is in it. */
export interface TaskDocument {
  readonly arn: string;
  identifier: string;
  readonly sourceArn: string;
  readonly targetArn: string;
  instanceArn: string;
  migrationType: MigrationType;
  tableMappings: string;
  settings?: string;
  cdcStartPosition?: string;
  cdcStopPosition?: string;
  readonly created: number;
  status: TaskStatus;
  stopReason?: string;
  failure?: string;
  started?: number;
  freshStart?: number;
  stopped?: number;
  /** Tables that are to be loaded again while changes are captured. */
  reload?: readonly { readonly schema: string; readonly table: string }[];
  /** What a full load has come to. */
  load: 'none' | 'loading' | 'done';
  loadStarted?: number;
  loadEnded?: number;
  /** Place of the snapshot, and of where reading goes on. */
  snapshot?: Position;
  checkpoint?: Position;
  /** Commit time of the last change that is in a file, in seconds. */
  checkpointTime?: number;
  /** The order of changes at the checkpoint. */
  sequence?: SequenceState;
  plan?: Plan;
  /** Time in the name of the last file of changes. */
  lastFile: number;
  tables: Record<string, TableState>;
}

/** The state of a table; begun when it is seen for the first time: before a load, or among the changes. */
export function tableState(task: TaskDocument, schema: string, table: string): TableState {
  const name = `${schema}.${table}`;
  task.tables[name] ??= {
    schema,
    table,
    state: task.load === 'loading' ? 'Before load' : 'Table completed',
    fullLoadRows: 0,
    inserts: 0,
    updates: 0,
    deletes: 0,
    ddls: 0,
    updated: Date.now(),
  };
  return task.tables[name];
}
