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
import { dropDecimalBounds, ENGINE_INFO } from './decimal-bounds';
import {
  type Action,
  type AddAction,
  commitPath,
  dataFile,
  latestVersion,
  type ProtocolAction,
  readCommit,
  readSnapshot,
} from './log';

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

/** What a table says of itself. */
export interface Declaration {
  readonly schemaString: string;
  readonly description?: string;
  /** Properties of the table. */
  readonly configuration: Readonly<Record<string, string>>;
}

/** Its declaration is written when the table is made, and when an overwrite or `redeclares` changes it. */
export interface Commit extends Declaration {
  readonly appId: string;
  readonly batch: number;
  readonly mode: 'append' | 'overwrite';
  readonly staged: readonly Staged[];
  /** The rows that are there, written anew (with wider types): they take the place of all files, and readers of changes see nothing. */
  readonly rearranged?: Staged;
  /** Whether the declaration may be another one than the table has; otherwise an append does not look. */
  readonly redeclares: boolean;
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
  dropDecimalBounds(location);
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
    const replaces = commit.mode === 'overwrite' || commit.rearranged !== undefined;
    const replaced = replaces && current >= 0 ? [...readSnapshot(table, current).files.values()] : [];
    if (writeCommit(table, current + 1, actionsOf(commit, current, table, replaced))) {
      // Rearranged files stay: a reader of changes that is behind still reads the rows where they were added.
      const gone = commit.rearranged ? [] : replaced;
      return { version: current + 1, replaced: gone.map((file) => dataFile(table, file)) };
    }
  }
  throw new LakewrightError('DELTA_TABLE_CHANGED', `${table} is being written by somebody else`, {
    hint: 'a pipeline owns its tables: let nothing else write to them',
  });
}

function actionsOf(commit: Commit, current: number, table: string, replaced: readonly AddAction[]): readonly Action[] {
  const timestamp = Date.now();
  const adds = commit.staged.flatMap((staged) => staged.files).map((add) => ({ add: { ...add, dataChange: true } }));
  const rearranged = (commit.rearranged?.files ?? []).map((add) => ({ add: { ...add, dataChange: false } }));
  const dataChange = commit.rearranged === undefined;
  const mode = commit.mode === 'overwrite' ? 'Overwrite' : 'Append';
  const commitInfo = {
    timestamp,
    operation: current < 0 ? 'CREATE TABLE AS SELECT' : 'WRITE',
    operationParameters: { mode },
    isBlindAppend: commit.mode === 'append' && commit.rearranged === undefined,
    engineInfo: ENGINE_INFO,
    operationMetrics: Object.fromEntries(Object.entries(commit.metrics).map(([name, value]) => [name, String(value)])),
    userMetadata: `${commit.appId}#${commit.batch}`,
  };
  const removes = replaced.map(({ path, partitionValues, size }) => ({
    remove: { path, deletionTimestamp: timestamp, dataChange, extendedFileMetadata: true, partitionValues, size },
  }));
  return [
    { commitInfo },
    ...declaration(commit, current, table),
    { txn: { appId: commit.appId, version: commit.batch, lastUpdated: timestamp } },
    ...removes,
    ...rearranged,
    ...adds,
  ];
}

/** Protocol and schema: of a new table both, of one that is there what is different. */
function declaration(commit: Commit, current: number, table: string): readonly Action[] {
  const protocol = protocolFor(commit.schemaString);
  if (current < 0) {
    const made = { id: randomUUID(), name: null, format: { provider: 'parquet', options: {} }, partitionColumns: [] };
    const metaData = { ...made, createdTime: Date.now(), ...declared(commit) };
    return [{ protocol }, { metaData }];
  }
  if (commit.mode === 'append' && !commit.redeclares) return [];
  const { metaData: stored, protocol: before } = readSnapshot(table, current);
  const metaData = { ...stored, ...declared(commit) };
  if (JSON.stringify(metaData) === JSON.stringify(stored)) return [];
  return protocol.minReaderVersion > before.minReaderVersion ? [{ protocol }, { metaData }] : [{ metaData }];
}

function declared({ schemaString, description, configuration }: Declaration) {
  return { schemaString, description: description ?? null, configuration };
}

/** Whether a table says something else of itself than is declared now. */
export function isDeclaredOtherwise(table: string, declaration: Declaration): boolean {
  const stored = readSnapshot(table).metaData;
  return JSON.stringify({ ...stored, ...declared(declaration) }) !== JSON.stringify(stored);
}

/** TIMESTAMP_NTZ is a table feature (PROTOCOL.md, "Timestamp without timezone"); engines refuse a table that has it and does not say so. */
function protocolFor(schemaString: string): ProtocolAction {
  if (!schemaString.includes('"timestamp_ntz"')) return { minReaderVersion: 1, minWriterVersion: 2 };
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: ['appendOnly', 'invariants', 'timestampNtz'],
  };
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
