import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { deltaVersion } from '../lakehouse/delta-log';
import { isMissing } from './durable-file';

/** Actions of a Delta commit, as far as they matter here (PROTOCOL.md of delta-io/delta). */
export interface AddAction {
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  readonly stats?: string | null;
  readonly deletionVector?: object | null;
}
export interface RemoveAction {
  readonly path: string;
  readonly dataChange: boolean;
  readonly [other: string]: unknown;
}
export interface MetaDataAction {
  readonly id: string;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}
export interface ProtocolAction {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}
export interface Action {
  readonly add?: AddAction;
  readonly remove?: RemoveAction;
  readonly metaData?: MetaDataAction;
  readonly protocol?: ProtocolAction;
  readonly txn?: { readonly appId: string; readonly version: number; readonly lastUpdated?: number };
  readonly commitInfo?: Readonly<Record<string, unknown>>;
}

/** A table as its log tells it at one version. */
export interface Snapshot {
  readonly version: number;
  readonly metaData: MetaDataAction;
  readonly protocol: ProtocolAction;
  /** Live files by path. */
  readonly files: ReadonlyMap<string, AddAction>;
}

/** The latest version of a table; -1 when there is no table. Looks at names only. */
export function latestVersion(location: string): number {
  return deltaVersion(location) ?? -1;
}

/** The id that a table got when it was made: another one means another table at the same place. */
export function tableId(location: string): string {
  const metaData = commitOrFail(location, 0).find((action) => action.metaData)?.metaData;
  if (!metaData) throw brokenLog(location, 'its first commit declares no schema');
  return metaData.id;
}

/** The actions of one commit. */
export function readCommit(location: string, version: number): readonly Action[] {
  const text = readFileSync(commitPath(location, version), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Action);
}

/** The file of a commit. */
export function commitPath(location: string, version: number): string {
  return join(location, '_delta_log', `${String(version).padStart(20, '0')}.json`);
}

/**
 * Replays the log up to a version.
 *
 * @throws LakewrightError LAKEFLOW_DELTA_LOG when commits are missing (a log that was cleaned up), or none declares a schema
 */
export function readSnapshot(location: string, upTo: number = latestVersion(location)): Snapshot {
  const files = new Map<string, AddAction>();
  let metaData: MetaDataAction | undefined;
  let protocol: ProtocolAction | undefined;
  for (let version = 0; version <= upTo; version += 1) {
    for (const action of commitOrFail(location, version)) {
      if (action.metaData) metaData = action.metaData;
      if (action.protocol) protocol = action.protocol;
      if (action.remove) files.delete(action.remove.path);
      if (action.add) files.set(action.add.path, action.add);
    }
  }
  if (!metaData || !protocol) throw brokenLog(location, 'its log declares no schema');
  return { version: upTo, metaData, protocol, files };
}

/** Whether one of the commits after `since` carries this transaction. */
export function hasTransaction(location: string, appId: string, batch: number, since: number): boolean {
  const latest = latestVersion(location);
  for (let version = latest; version > since; version -= 1) {
    if (readCommit(location, version).some(({ txn }) => txn?.appId === appId && txn.version >= batch)) return true;
  }
  return false;
}

/** The actions of a commit that must be there. */
export function commitOrFail(location: string, version: number): readonly Action[] {
  try {
    return readCommit(location, version);
  } catch (error) {
    if (isMissing(error)) throw brokenLog(location, `commit ${version} is missing from its log`);
    throw error;
  }
}

function brokenLog(location: string, why: string): LakewrightError {
  return new LakewrightError('LAKEFLOW_DELTA_LOG', `the Delta table ${location} cannot be read by its log: ${why}`, {
    hint: 'a streaming read needs every commit from the first; do not clean up the log of a table that pipelines read',
  });
}
