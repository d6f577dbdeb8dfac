import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField } from '../engine/spark-type';
import type { FoundFile } from './file-store';
import { applyHints, inferCsv, inferJson } from './infer-schema';
import { openParquet, parquetQuery, unionOfFields } from './parquet-files';
import { type RecordContext, rawRecords, sampleRecords } from './raw-records';
import { sourceError } from './source-error';
import { METADATA, typedQuery } from './typed-columns';

/** Files as a relation of the engine. */
export interface FileRelationSql {
  /** SQL that may stand in FROM. */
  readonly relation: string;
  /** DDL of the columns that were inferred; absent when they were given. */
  readonly inferred?: string;
}

/**
 * Brings files before the engine as one relation with typed columns.
 *
 * @param knownSchema DDL that an earlier batch inferred: later batches keep it, so that a table does not change by the order in which
 *   files come
 * @throws LakewrightError LAKEFLOW_SOURCE_EMPTY when columns must be inferred and there is no record to infer them from
 */
export async function openFiles(
  context: RecordContext,
  files: readonly FoundFile[],
  withMetadata: boolean,
  knownSchema: string | undefined,
): Promise<FileRelationSql> {
  const { options } = context;
  if (options.format === 'text') {
    const raw = await rawRecords(context, files, []);
    return { relation: `(SELECT value${withMetadata ? `, ${METADATA}` : ''} FROM ${raw})` };
  }
  if (options.format === 'parquet') return parquet(context, files, withMetadata, knownSchema);
  const fields = options.schema ?? (knownSchema === undefined ? await inferred(context, files) : parseColumns(knownSchema));
  const columns = { ...options, fields, withMetadata };
  const raw = await rawRecords(
    context,
    files,
    fields.map((field) => field.name),
  );
  return { relation: `(${typedQuery(raw, columns)})`, ...(options.schema ? {} : { inferred: ddlOf(fields) }) };
}

async function parquet(
  context: RecordContext,
  files: readonly FoundFile[],
  withMetadata: boolean,
  knownSchema: string | undefined,
): Promise<FileRelationSql> {
  const { options } = context;
  const open = await openParquet(context, files);
  const known = options.schema ?? (knownSchema === undefined ? undefined : parseColumns(knownSchema));
  if (!known && open.length === 0) throw nothingToInfer(context);
  const fields = known ?? applyHints(unionOfFields(open), options.schemaHints);
  const relation = `(${parquetQuery(open, fields, options.rescuedColumn, withMetadata)})`;
  return { relation, ...(options.schema ? {} : { inferred: ddlOf(fields) }) };
}

async function inferred(context: RecordContext, files: readonly FoundFile[]): Promise<readonly SparkField[]> {
  const { store, options } = context;
  const sample = await sampleRecords(store, options, files);
  const infer = options.format === 'csv' ? inferCsv : inferJson;
  const fields = applyHints(infer(sample, options.inferTypes), options.schemaHints);
  if (fields.length === 0) throw nothingToInfer(context);
  return fields;
}

function nothingToInfer({ options }: RecordContext) {
  return sourceError(
    'LAKEFLOW_SOURCE_EMPTY',
    `read_files cannot tell the columns of ${options.path}: there is no record yet`,
    options.location,
    "give schema => '...', or put the first file there",
  );
}

function ddlOf(fields: readonly SparkField[]): string {
  return fields.map((field) => `${quoteName(field.name)} ${formatType(field.type)}`).join(', ');
}
