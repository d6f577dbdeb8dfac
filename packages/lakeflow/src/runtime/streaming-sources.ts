import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { LakewrightError, type SourceLocation } from '@lakewright/config';
import { type AddAction, dataFile, latestVersion, readCommit, readSnapshot, tableColumns, tableId } from '../delta/log';
import { quoteName } from '../engine/spark-type';
import { openFiles } from '../source/file-source';
import type { FoundFile } from '../source/file-store';
import { nameMatcher } from '../source/glob';
import { parseReadOptions } from '../source/read-options';
import type { FileRead, TableName } from '../sql';
import type { Position, SourceFile } from './checkpoint';
import { readFileList } from './file-list';
import { missingTable, portableFile, portablePath, type ViewNames } from './static-reads';
import type { UpdateContext } from './update-context';

/** What a source has that its flow has not read yet. */
export interface Slice {
  /** Identifies the source in the flow's checkpoint. */
  readonly source: string;
  readonly isEmpty: boolean;
  /** Files of a file source, to be recorded. */
  readonly files: readonly SourceFile[];
  /** Brings the new rows before the engine; SQL that may stand in FROM. */
  open(names: ViewNames): Promise<string>;
  /** How far the flow has read once this slice is in. Complete after `open`. */
  next(): Position;
}

/**
 * The rows that were appended to a Delta table since a position: the files that its log added, never a comparison of versions.
 *
 * @throws LakewrightError LAKEFLOW_TABLE_MISSING; LAKEFLOW_SOURCE_REPLACED when it is another table than before;
 *   LAKEFLOW_SOURCE_CHANGED when rows were changed or removed; LAKEFLOW_SOURCE_UNSUPPORTED for what cannot be read by files
 */
export function planDelta(
  context: UpdateContext,
  table: TableName,
  location: SourceLocation,
  positionOf: (source: string) => Position | undefined,
): Slice {
  const folder = context.folder.locationOf(table);
  const name = `${table.catalog}.${table.schema}.${table.name}`;
  const position = positionOf(name);
  const latest = latestVersion(folder);
  if (latest < 0) throw missingTable(table, location);
  const id = tableId(folder);
  const site = { name, folder, location };
  const files = position?.kind === 'delta' ? filesSince(site, id, position, latest) : allFiles(site, latest);
  return {
    source: name,
    isEmpty: files.length === 0,
    files: [],
    open: ({ prefix }) => openDelta(context, folder, files, `${prefix}_${shortHash(name)}`),
    next: () => ({ kind: 'delta', tableId: id, version: latest }),
  };
}

interface Site {
  readonly name: string;
  readonly folder: string;
  readonly location: SourceLocation;
}

function allFiles(site: Site, latest: number): readonly AddAction[] {
  const { metaData, files } = readSnapshot(site.folder, latest);
  const mapped = (metaData.configuration?.['delta.columnMapping.mode'] ?? 'none') !== 'none';
  if (metaData.partitionColumns.length > 0 || mapped || [...files.values()].some((file) => file.deletionVector)) {
    throw new LakewrightError(
      'LAKEFLOW_SOURCE_UNSUPPORTED',
      `${site.name} cannot be read with STREAM: it has ${mapped ? 'column mapping' : 'partitions or deletion vectors'}`,
      {
        location: site.location,
        hint: 'copy it into a plain Delta table, or read it without STREAM in a materialized view',
      },
    );
  }
  return [...files.values()];
}

function filesSince(site: Site, id: string, position: Position & { kind: 'delta' }, latest: number): readonly AddAction[] {
  if (id !== position.tableId || latest < position.version) {
    throw new LakewrightError('LAKEFLOW_SOURCE_REPLACED', `${site.name} is another table than the one read before`, {
      location: site.location,
      hint: 'refresh the table that reads it fully',
    });
  }
  const added: AddAction[] = [];
  for (let version = position.version + 1; version <= latest; version += 1) {
    const actions = readCommit(site.folder, version);
    if (actions.some(({ remove }) => remove?.dataChange)) {
      throw new LakewrightError('LAKEFLOW_SOURCE_CHANGED', `rows of ${site.name} were changed or removed (version ${version})`, {
        location: site.location,
        hint: 'a stream reads only what is appended: refresh the table that reads it fully, or read it without STREAM',
      });
    }
    for (const { add } of actions) if (add?.dataChange) added.push(add);
  }
  return added;
}

async function openDelta(context: UpdateContext, folder: string, files: readonly AddAction[], view: string): Promise<string> {
  const schema = tableColumns(folder)
    .map(({ name, type }) => `${quoteName(name)} ${type}`)
    .join(', ');
  const paths = files.map((file) => dataFile(folder, file));
  if (paths.length === 0) await context.engine.createLocalView(view, { schema, rows: [] });
  else await context.engine.createFileView(view, { format: 'parquet', paths, schema });
  return view;
}

/**
 * The files that a source has not read yet. A file is known by its path; with `allowOverwrites` one that changed is read again
 * ("Auto Loader options", docs.databricks.com).
 */
export async function planFiles(
  context: UpdateContext,
  read: FileRead,
  positionOf: (source: string) => Position | undefined,
  fileListOf: (source: string) => string,
): Promise<Slice> {
  const options = parseReadOptions(read);
  const store = context.storeFor(read);
  const source = `files:${portablePath(context, read.path)}`;
  const position = positionOf(source);
  const at = position?.kind === 'files' ? position : undefined;
  const { known } = readFileList(fileListOf(source), at?.entries ?? 0);
  const matches = nameMatcher(options.nameFilter);
  const isNew = (file: FoundFile) => {
    const before = known.get(portableFile(context, file));
    return !before || (options.allowOverwrites && (before.size !== file.size || before.modified !== file.modified.toISOString()));
  };
  const files = (await store.list(read.path)).filter((file) => matches(basename(file.path)) && isNew(file));
  let schema = at?.schema;
  return {
    source,
    isEmpty: files.length === 0,
    files: files.map((file) => ({
      path: portableFile(context, file),
      size: file.size,
      modified: file.modified.toISOString(),
    })),
    open: async ({ prefix, staging, withMetadata }) => {
      const viewPrefix = `${prefix}_${shortHash(source)}`;
      const record = { engine: context.engine, store, options, viewPrefix, staging: join(staging, shortHash(source)) };
      const { relation, inferred } = await openFiles(record, files, withMetadata, schema);
      schema = inferred;
      return relation;
    },
    next: () => ({ kind: 'files', entries: (at?.entries ?? 0) + files.length, ...(schema === undefined ? {} : { schema }) }),
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
