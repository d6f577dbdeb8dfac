import type { SqlEngine } from '../engine';
import type { FileStore } from '../source/file-store';
import type { Dataset, DatasetId, FileRead } from '../sql';
import type { EventLog } from './event-log';
import type { PipelineFolder } from './pipeline-folder';

/**
 * Called between any two writes of an update, with a name such as `after-intent:silver.listings`. What it throws ends the update at
 * once, as a crash would: nothing is tidied up.
 */
export type FaultInjector = (point: string) => void | Promise<void>;

/** Thrown through an update that a `FaultInjector` stopped. */
export class InjectedFault extends Error {
  constructor(
    readonly point: string,
    cause: unknown,
  ) {
    super(`stopped at ${point}`, { cause });
    this.name = 'InjectedFault';
  }
}

/** What everything that runs inside one update shares. */
export interface UpdateContext {
  readonly engine: SqlEngine;
  readonly folder: PipelineFolder;
  readonly datasets: ReadonlyMap<DatasetId, Dataset>;
  readonly events: EventLog;
  /** See `UpdateOptions.runColumn`. */
  readonly runColumn: string | undefined;
  /** The store that holds the files of a source. */
  storeFor(read: FileRead): FileStore;
  /** A point at which the process may die. */
  point(name: string): Promise<void>;
  /** Whether a dataset is to be made from nothing in this update. */
  isRefreshed(id: DatasetId): boolean;
}

/** How events, errors and fault points call a dataset: `schema.table`. */
export function displayName(dataset: Dataset): string {
  return dataset.table ? `${dataset.table.schema}.${dataset.table.name}` : dataset.id;
}
