import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { LakewrightError, type SourceLocation } from '@lakewright/config';
import { refuseDecimalBounds } from '../delta/decimal-bounds';
import { tableFingerprint } from '../delta/log';
import { deltaAddress } from '../engine';
import { readView } from '../lakehouse/lake-folder';
import { openFiles } from '../source/file-source';
import type { FoundFile } from '../source/file-store';
import { nameMatcher } from '../source/glob';
import { parseReadOptions } from '../source/read-options';
import { isVolumePath, normalVolumePath } from '../source/volume-path';
import type { FileRead, TableName } from '../sql';
import { relativeToLake } from './pipeline-folder';
import type { UpdateContext } from './update-context';

/** Something read as a whole, as it is now. */
export interface StaticRead {
  /** Changes whenever the content changes. */
  readonly fingerprint: string;
  /** SQL that may stand in FROM. */
  open(names: ViewNames): Promise<string>;
}

/** Where a flow may put its temporary views and files. */
export interface ViewNames {
  readonly prefix: string;
  readonly staging: string;
  /** The query reads the `_metadata` column of files. */
  readonly withMetadata: boolean;
}

/**
 * A table of the lake: of this pipeline, another one or nobody's; the target of AUTO CDC is a view.
 *
 * @throws LakewrightError LAKEFLOW_TABLE_MISSING, DELTA_DECIMAL_BOUNDS
 */
export function readTable(context: UpdateContext, table: TableName, location: SourceLocation): StaticRead {
  const folder = context.folder.locationOf(table);
  const viewFile = `${folder}.view.json`;
  if (existsSync(viewFile)) {
    const { query, fingerprint } = readView(context.folder.lake, viewFile);
    return { fingerprint, open: async () => `(${query})` };
  }
  const fingerprint = tableFingerprint(folder);
  if (fingerprint === undefined) throw missingTable(table, location);
  refuseDecimalBounds(folder);
  return { fingerprint, open: async () => `delta.\`${deltaAddress(folder)}\`` };
}

export function missingTable(table: TableName, location: SourceLocation): LakewrightError {
  const name = `${table.catalog}.${table.schema}.${table.name}`;
  return new LakewrightError('LAKEFLOW_TABLE_MISSING', `there is no table ${name} in the lake`, {
    location,
    hint: 'mend the name, or run the pipeline that makes the table first',
  });
}

/** Every file that `read_files` means now. */
export async function readAllFiles(context: UpdateContext, read: FileRead): Promise<StaticRead> {
  const options = parseReadOptions(read);
  const store = context.storeFor(read);
  const matches = nameMatcher(options.nameFilter);
  const files = (await store.list(read.path)).filter((file) => matches(basename(file.path)));
  const state = files.map((file) => [portableFile(context, file), file.size, file.modified.toISOString()]);
  return {
    fingerprint: createHash('sha256').update(JSON.stringify(state)).digest('hex'),
    open: async ({ prefix, staging, withMetadata }) => {
      const record = { engine: context.engine, store, options, viewPrefix: prefix, staging };
      return (await openFiles(record, files, withMetadata, undefined)).relation;
    },
  };
}

/** A path as checkpoints keep it. */
export function portablePath(context: UpdateContext, path: string): string {
  if (isVolumePath(path)) return normalVolumePath(path);
  return path.startsWith('s3://') ? path : relativeToLake(context.folder.lake, path);
}

/** The path of a file as checkpoints keep it. */
export function portableFile(context: UpdateContext, file: FoundFile): string {
  return file.volumePath ?? portablePath(context, file.path);
}
