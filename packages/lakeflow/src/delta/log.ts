import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { isMissing } from '../durable-file';
import type { Column } from '../engine';
import { columnsOfSchema } from './schema';

/**
 * A Delta table by its log: `<table>/_delta_log/<version, 20 digits>.json`, one JSON action a line. Checkpoints are not read: nobody
 * cleans up the logs of a lake, and a commit that is missing all the same is an error.
 * Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
 */
export interface Action {
  readonly add?: AddAction;
  readonly remove?: RemoveAction;
  readonly metaData?: MetaDataAction;
  readonly protocol?: ProtocolAction;
  readonly txn?: { readonly appId: string; readonly version: number; readonly lastUpdated?: number };
  readonly commitInfo?: Readonly<Record<string, unknown>>;
}

export interface AddAction {
  /** Relative to the table and URL-encoded: see `dataFile`. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  /** False when rows were only rearranged, as compaction does. */
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
  readonly description?: string | null;
  readonly [other: string]: unknown;
}
export interface ProtocolAction {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

/** A table as its log tells it at one version. */
export interface Snapshot {
  readonly version: number;
  readonly metaData: MetaDataAction;
  readonly protocol: ProtocolAction;
  /** Live files by path. */
  readonly files: ReadonlyMap<string, AddAction>;
}

/** The latest version of a table, from the names in its log; -1 when there is no table (yet). */
export function latestVersion(location: string): number {
  let latest = -1;
  for (const name of logNames(location)) {
    if (/^\d{20}\.json$/.test(name)) latest = Math.max(latest, Number.parseInt(name, 10));
  }
  return latest;
}

/**
 * Looks whether the log has every commit, by the names in it.
 *
 * @throws LakewrightError DELTA_LOG_GAP
 */
export function checkLog(location: string): void {
  const latest = latestVersion(location);
  const names = new Set(logNames(location));
  for (let version = 0; version <= latest; version += 1) {
    if (!names.has(basename(commitPath(location, version)))) throw gap(location, version);
  }
}

/**
 * Tells the table's content apart from any other it had or will have, without reading it: version and time of the newest commit,
 * so that a table made anew in the same folder differs too. Undefined when there is no table.
 */
export function tableFingerprint(location: string): string | undefined {
  const version = latestVersion(location);
  return version < 0 ? undefined : `${version}@${statSync(commitPath(location, version)).mtimeMs}`;
}

/**
 * The id that a table got when it was made: another one means another table at the same place.
 *
 * @throws LakewrightError as `readCommit` does
 */
export function tableId(location: string): string {
  const metaData = readCommit(location, 0).find((action) => action.metaData)?.metaData;
  if (!metaData) throw undeclared(location);
  return metaData.id;
}

/**
 * The columns of the table at its newest version.
 *
 * @throws LakewrightError as `readCommit` does
 */
export function tableColumns(location: string): readonly Column[] {
  for (let version = latestVersion(location); version >= 0; version -= 1) {
    const metaData = readCommit(location, version).findLast((action) => action.metaData)?.metaData;
    if (metaData) return columnsOfSchema(metaData.schemaString);
  }
  throw undeclared(location);
}

/**
 * Replays the log up to a version.
 *
 * @throws LakewrightError as `readCommit` does, and DELTA_LOG_DAMAGED when no commit declares a schema
 */
export function readSnapshot(location: string, upTo: number = latestVersion(location)): Snapshot {
  const files = new Map<string, AddAction>();
  let metaData: MetaDataAction | undefined;
  let protocol: ProtocolAction | undefined;
  for (let version = 0; version <= upTo; version += 1) {
    for (const action of readCommit(location, version)) {
      if (action.metaData) metaData = action.metaData;
      if (action.protocol) protocol = action.protocol;
      if (action.remove) files.delete(action.remove.path);
      if (action.add) files.set(action.add.path, action.add);
    }
  }
  if (!metaData || !protocol) throw undeclared(location);
  return { version: upTo, metaData, protocol, files };
}

/** Whether one of the commits after `since` carries this transaction. */
export function hasTransaction(location: string, appId: string, batch: number, since: number): boolean {
  for (let version = latestVersion(location); version > since; version -= 1) {
    if (readCommit(location, version).some(({ txn }) => txn?.appId === appId && txn.version >= batch)) return true;
  }
  return false;
}

/**
 * The actions of one commit.
 *
 * @throws LakewrightError DELTA_LOG_GAP when the commit is not there, DELTA_LOG_DAMAGED when it is no JSON
 */
export function readCommit(location: string, version: number): readonly Action[] {
  try {
    const lines = readFileSync(commitPath(location, version), 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Action);
  } catch (error) {
    if (isMissing(error)) throw gap(location, version);
    if (error instanceof SyntaxError) throw damaged(location, `commit ${version} is no JSON: ${error.message}`, error);
    throw error;
  }
}

/** The file of a commit. */
export function commitPath(location: string, version: number): string {
  return join(location, '_delta_log', `${String(version).padStart(20, '0')}.json`);
}

/** Absolute path of a data file that an action names. */
export function dataFile(location: string, { path }: { readonly path: string }): string {
  return join(location, decodeURIComponent(path));
}

/** Paths of the data files that a commit took out of the table. */
export function filesRemovedBy(location: string, version: number): readonly string[] {
  if (version < 0) return [];
  return readCommit(location, version).flatMap(({ remove }) => (remove ? [dataFile(location, remove)] : []));
}

/** Deletes data files that no version worth reading needs any more. */
export function deleteFiles(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

function logNames(location: string): readonly string[] {
  try {
    return readdirSync(join(location, '_delta_log'));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function gap(location: string, version: number): LakewrightError {
  return new LakewrightError('DELTA_LOG_GAP', `commit ${version} of the Delta table ${location} is not in its log`, {
    hint: 'its log was cleaned up, and nothing tells any more which rows are new: refresh the table fully, with what reads it',
  });
}

function undeclared(location: string): LakewrightError {
  return damaged(location, 'no commit declares its columns');
}

function damaged(location: string, why: string, cause?: unknown): LakewrightError {
  return new LakewrightError('DELTA_LOG_DAMAGED', `the log of the Delta table ${location} cannot be read: ${why}`, {
    hint: 'a file of it was damaged after it was written: refresh the table fully',
    cause,
  });
}
