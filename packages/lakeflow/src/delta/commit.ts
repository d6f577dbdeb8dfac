import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { alreadyExists, syncFolder } from '../durable-file';
import { type Action, type AddAction, commitPath, dataFile, latestVersion, readCommit, readSnapshot } from './log';

/**
 * How a batch reaches a table, exactly once: the engine writes it into a Delta folder of its own (`staging`), which nobody reads;
 * then this process moves the data files beside those of the table and writes the commit itself. So an engine that goes on
 * writing after its client died can only write into an abandoned staging folder, and the commit carries a `txn` action that tells
 * after a crash whether the batch is in.
 */
export interface Staged {
  /** The Delta folder that the engine wrote. */
  readonly location: string;
  readonly files: readonly AddAction[];
  readonly rows: number;
}

export interface Commit {
  readonly appId: string;
  readonly batch: number;
  readonly mode: 'append' | 'overwrite';
  readonly staged: readonly Staged[];
  /** Written when the table is made, and when an overwrite changes it. */
  readonly schemaString: string;
  readonly description?: string;
  /** Figures that go into the commit's info. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Committed {
  readonly version: number;
  /** Paths of data files that an overwrite replaced; they are still there for readers that have begun. */
  readonly replaced: readonly string[];
}

/** What the engine wrote into a staging folder. */
export function readStaged(location: string): Staged {
  const files: AddAction[] = [];
  for (let version = 0; version <= latestVersion(location); version += 1) {
    for (const { add } of readCommit(location, version)) if (add) files.push(add);
  }
  return { location, files, rows: files.reduce((sum, file) => sum + recordsOf(file), 0) };
}

/** Moves the staged files into the table's folder; repeating it is harmless. */
export function moveStaged(table: string, staged: readonly Staged[]): void {
  mkdirSync(table, { recursive: true });
  for (const { location, files } of staged) {
    for (const file of files) {
      const target = dataFile(table, file);
      if (!existsSync(target)) renameSync(dataFile(location, file), target);
    }
  }
  syncFolder(table);
}

/** Forgets files that were moved for a batch which then was not committed. */
export function discardMoved(table: string, staged: Staged): void {
  for (const file of staged.files) rmSync(dataFile(table, file), { force: true });
}

/**
 * Writes the commit of files that were moved already. The log entry appears under its final name at once or not at all.
 *
 * @throws LakewrightError DELTA_TABLE_CHANGED when somebody else wrote to a table that is being overwritten
 */
export function commitStaged(table: string, commit: Commit): Committed {
  mkdirSync(join(table, '_delta_log'), { recursive: true });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const current = latestVersion(table);
    const replaced = commit.mode === 'overwrite' && current >= 0 ? [...readSnapshot(table, current).files.values()] : [];
    if (writeCommit(table, current + 1, actionsOf(commit, current, table, replaced))) {
      return { version: current + 1, replaced: replaced.map((file) => dataFile(table, file)) };
    }
  }
  throw new LakewrightError('DELTA_TABLE_CHANGED', `${table} is being written by somebody else`, {
    hint: 'a pipeline owns its tables: let nothing else write to them',
  });
}

function actionsOf(commit: Commit, current: number, table: string, replaced: readonly AddAction[]): readonly Action[] {
  const timestamp = Date.now();
  const adds = commit.staged.flatMap((staged) => staged.files).map((add) => ({ add: { ...add, dataChange: true } }));
  const mode = commit.mode === 'overwrite' ? 'Overwrite' : 'Append';
  const commitInfo = {
    timestamp,
    operation: current < 0 ? 'CREATE TABLE AS SELECT' : 'WRITE',
    operationParameters: { mode },
    isBlindAppend: commit.mode === 'append',
    engineInfo: 'lakewright',
    operationMetrics: Object.fromEntries(Object.entries(commit.metrics).map(([name, value]) => [name, String(value)])),
    userMetadata: `${commit.appId}#${commit.batch}`,
  };
  const removes = replaced.map(({ path, partitionValues, size }) => ({
    remove: { path, deletionTimestamp: timestamp, dataChange: true, extendedFileMetadata: true, partitionValues, size },
  }));
  return [
    { commitInfo },
    ...declaration(commit, current, table),
    { txn: { appId: commit.appId, version: commit.batch, lastUpdated: timestamp } },
    ...removes,
    ...adds,
  ];
}

/** Protocol and schema: of a new table both, of an overwritten one the schema when it is another. */
function declaration(commit: Commit, current: number, table: string): readonly Action[] {
  const metaData = {
    id: randomUUID(),
    name: null,
    description: commit.description ?? null,
    format: { provider: 'parquet', options: {} },
    schemaString: commit.schemaString,
    partitionColumns: [],
    createdTime: Date.now(),
    configuration: {},
  };
  if (current < 0) return [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }];
  if (commit.mode === 'append') return [];
  const stored = readSnapshot(table, current).metaData;
  if (stored.schemaString === commit.schemaString) return [];
  return [{ metaData: { ...stored, schemaString: commit.schemaString } }];
}

/** False when the version exists already. */
function writeCommit(table: string, version: number, actions: readonly Action[]): boolean {
  const target = commitPath(table, version);
  const temporary = `${target}.${process.pid}.${randomUUID()}.tmp`;
  const handle = openSync(temporary, 'w');
  try {
    const bytes = Buffer.from(`${actions.map((action) => JSON.stringify(action)).join('\n')}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (alreadyExists(error)) return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
  syncFolder(join(table, '_delta_log'));
  return true;
}

function recordsOf(file: AddAction): number {
  return Number((JSON.parse(file.stats ?? '{}') as { numRecords?: number }).numRecords ?? 0);
}
