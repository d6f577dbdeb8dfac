import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import type { Column } from '../engine';
import { columnsOfJson, type JsonSchema } from './delta-schema';

/**
 * A Delta table by its log: `<table>/_delta_log/<version, 20 digits>.json`, one JSON action a line.
 * Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
 */
interface Action {
  readonly add?: { readonly path: string; readonly dataChange: boolean; readonly size: number; readonly stats?: string };
  readonly metaData?: { readonly id: string; readonly schemaString: string };
  readonly commitInfo?: Readonly<Record<string, unknown>>;
}

/** A file that a commit added. */
export interface AddedFile {
  readonly version: number;
  /** Absolute path. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Rows, when the writer counted them. */
  readonly rows?: number;
}

/** What a commit says about itself. */
export interface CommitInfo {
  readonly version: number;
  /** `WRITE`, `MERGE`, ... */
  readonly operation?: string;
  /** What the writer wanted to be told by, see `SqlEngine.appendDelta`. */
  readonly userMetadata?: string;
}

/** The newest version of the table, from the names in its log; undefined when there is no table (yet). */
export function deltaVersion(folder: string): number | undefined {
  return commitVersions(folder).at(-1);
}

/**
 * Tells the table's content apart from any other it had or will have, without reading it: version and time of the newest commit,
 * so that a table made anew in the same folder differs too. Undefined when there is no table.
 */
export function deltaFingerprint(folder: string): string | undefined {
  const version = deltaVersion(folder);
  return version === undefined ? undefined : `${version}@${statSync(commitFile(folder, version)).mtimeMs}`;
}

/**
 * The files with new rows of the commits after `version` (-1: from the beginning), oldest first. Files that only rearrange rows
 * (`dataChange` false, as compaction writes them) are left out.
 *
 * @throws LakewrightError LAKEHOUSE_LOG_GAP when one of these commits was cleaned up: a checkpoint still holds the table's state,
 * but nothing tells any more which rows were new
 */
export function filesAddedSince(folder: string, version: number): readonly AddedFile[] {
  const versions = commitVersions(folder).filter((candidate) => candidate > version);
  versions.forEach((found, index) => {
    if (found !== version + 1 + index) throw gap(folder, version + 1 + index);
  });
  return versions.flatMap((each) =>
    readCommit(folder, each).flatMap(({ add }) => (add?.dataChange ? [addedFile(folder, each, add)] : [])),
  );
}

/** The newest commit that carries this `userMetadata`, looking back to the oldest commit of the log; undefined when there is none. */
export function findCommit(folder: string, userMetadata: string): CommitInfo | undefined {
  for (const version of commitVersions(folder).reverse()) {
    const info = commitInfo(folder, version);
    if (info.userMetadata === userMetadata) return info;
  }
  return undefined;
}

/** What one commit says about itself. @throws LakewrightError LAKEHOUSE_LOG_GAP when its file is not there */
export function commitInfo(folder: string, version: number): CommitInfo {
  const info = readCommit(folder, version).find((action) => action.commitInfo)?.commitInfo;
  return { version, operation: text(info?.operation), userMetadata: text(info?.userMetadata) };
}

/**
 * The columns of the table at its newest version.
 *
 * @throws LakewrightError LAKEHOUSE_LOG_GAP when no commit that is left declares them
 */
export function deltaColumns(folder: string): readonly Column[] {
  for (const version of commitVersions(folder).reverse()) {
    const metaData = readCommit(folder, version).findLast((action) => action.metaData)?.metaData;
    if (metaData) return columnsOfJson(JSON.parse(metaData.schemaString) as JsonSchema);
  }
  throw gap(folder, 0);
}

function commitVersions(folder: string): number[] {
  try {
    return readdirSync(join(folder, '_delta_log'))
      .filter((name) => /^\d{20}\.json$/.test(name))
      .map((name) => Number.parseInt(name, 10))
      .sort((left, right) => left - right);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function commitFile(folder: string, version: number): string {
  return join(folder, '_delta_log', `${String(version).padStart(20, '0')}.json`);
}

function readCommit(folder: string, version: number): readonly Action[] {
  try {
    const lines = readFileSync(commitFile(folder, version), 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Action);
  } catch (error) {
    if (isMissing(error)) throw gap(folder, version);
    if (!(error instanceof SyntaxError)) throw error;
    throw new LakewrightError('LAKEHOUSE_LOG', `commit ${version} of the Delta table ${folder} is no JSON: ${error.message}`, {
      hint: 'the file was damaged after it was written; refresh the table fully',
      cause: error,
    });
  }
}

/** Paths in the log are relative to the table and URL-encoded. */
function addedFile(folder: string, version: number, add: NonNullable<Action['add']>): AddedFile {
  const { numRecords } = (add.stats ? JSON.parse(add.stats) : {}) as { numRecords?: number };
  return { version, path: join(folder, decodeURIComponent(add.path)), size: add.size, rows: numRecords };
}

function gap(folder: string, version: number): LakewrightError {
  return new LakewrightError('LAKEHOUSE_LOG_GAP', `commit ${version} of the Delta table ${folder} is not in its log any more`, {
    hint: 'old commits were cleaned up after a checkpoint; refresh what reads the table incrementally fully',
  });
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
