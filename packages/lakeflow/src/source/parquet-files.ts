import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField } from '../engine/spark-type';
import { quoteString } from '../sql';
import type { FoundFile } from './file-store';
import { pathOf, type RecordContext } from './raw-records';
import { isS3 } from './s3-files';
import { METADATA } from './typed-columns';

/** A Parquet file as the engine sees it. */
interface OpenFile {
  readonly file: FoundFile;
  readonly view: string;
  readonly fields: readonly SparkField[];
}

/** Views over Parquet files, one each: engines merge the schemas of several only when their types agree. */
export async function openParquet(context: RecordContext, files: readonly FoundFile[]): Promise<readonly OpenFile[]> {
  const open: OpenFile[] = [];
  for (const [index, file] of files.entries()) {
    if (file.size === 0) continue;
    const view = `${context.viewPrefix}_parquet${index}`;
    const path = isS3(file.path) || hasLineEnd(file.path) ? await copy(context, file, index) : file.path;
    await context.engine.createFileView(view, { format: 'parquet', paths: [path] });
    const columns = await context.engine.describe(`SELECT * FROM ${view}`);
    open.push({ file, view, fields: columns.flatMap(({ name, type }) => parseColumns(`${quoteName(name)} ${type}`)) });
  }
  return open;
}

/** The columns of several files; of one that they have with different types, the first type. */
export function unionOfFields(files: readonly OpenFile[]): readonly SparkField[] {
  const fields = new Map<string, SparkField>();
  for (const field of files.flatMap((file) => file.fields)) if (!fields.has(field.name)) fields.set(field.name, field);
  return [...fields.values()];
}

/**
 * The rows of Parquet files as given columns. A column that a file does not have is null; a value that does not fit, and columns
 * that are not wanted, go to the rescued data column.
 */
export function parquetQuery(
  files: readonly OpenFile[],
  fields: readonly SparkField[],
  rescuedColumn: string | undefined,
  withMetadata: boolean,
): string {
  const parts = files.map((file) => fileQuery(file, fields, rescuedColumn, withMetadata));
  if (parts.length > 0) return parts.join(' UNION ALL ');
  const nothing = fields.map((field) => `CAST(NULL AS ${formatType(field.type)}) AS ${quoteName(field.name)}`);
  if (rescuedColumn) nothing.push(`CAST(NULL AS STRING) AS ${quoteName(rescuedColumn)}`);
  if (withMetadata)
    nothing.push(
      `${METADATA.replace(/__(path|name)/g, "''")
        .replace('__size', 'CAST(0 AS BIGINT)')
        .replace('__modified', "TIMESTAMP '1970-01-01 00:00:00'")}`,
    );
  return `SELECT ${nothing.join(', ')} WHERE false`;
}

function fileQuery(
  open: OpenFile,
  fields: readonly SparkField[],
  rescuedColumn: string | undefined,
  withMetadata: boolean,
): string {
  const { file, view } = open;
  const present = new Map(open.fields.map((field) => [field.name, formatType(field.type)]));
  const output = fields.map((field) => {
    const [name, type] = [quoteName(field.name), formatType(field.type)];
    if (!present.has(field.name)) return `CAST(NULL AS ${type}) AS ${name}`;
    return present.get(field.name) === type ? name : `try_cast(${name} AS ${type}) AS ${name}`;
  });
  if (rescuedColumn) output.push(`${rescued(open, fields)} AS ${quoteName(rescuedColumn)}`);
  if (!withMetadata) return `SELECT ${output.join(', ')} FROM ${view}`;
  const raw =
    `SELECT *, ${quoteString(pathOf(file))} AS __path, ${quoteString(basename(file.path))} AS __name, ` +
    `CAST(${file.size} AS BIGINT) AS __size, TIMESTAMP '${file.modified.toISOString()}' AS __modified FROM ${view}`;
  return `SELECT ${[...output, METADATA].join(', ')} FROM (${raw})`;
}

function rescued({ file, fields: present }: OpenFile, fields: readonly SparkField[]): string {
  const kept = present.flatMap(({ name, type }) => {
    const column = quoteName(name);
    const wanted = fields.find((field) => field.name === name);
    if (!wanted) return [`${quoteString(name)}, CAST(${column} AS STRING)`];
    const target = formatType(wanted.type);
    if (target === formatType(type)) return [];
    return [`${quoteString(name)}, CASE WHEN try_cast(${column} AS ${target}) IS NULL THEN CAST(${column} AS STRING) END`];
  });
  if (kept.length === 0) return 'CAST(NULL AS STRING)';
  const misfits = `map_filter(map(${kept.join(', ')}), (k, v) -> v IS NOT NULL)`;
  return `CASE WHEN cardinality(${misfits}) > 0 THEN to_json(map_concat(${misfits}, map('_file_path', ${quoteString(pathOf(file))}))) END`;
}

/** Engines cannot list a folder once a name with a line end was asked for. */
function hasLineEnd(path: string): boolean {
  return /[\r\n]/.test(path);
}

async function copy(context: RecordContext, file: FoundFile, index: number): Promise<string> {
  mkdirSync(context.staging, { recursive: true });
  const path = join(context.staging, `copy-${index}.parquet`);
  await pipeline(Readable.from(context.store.chunks(file)), createWriteStream(path));
  return path;
}
