import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField } from '../engine/spark-type';
import { quoteString } from '../sql';
import { evolveColumns, isAdding } from './evolve-columns';
import type { FoundFile } from './file-store';
import { applyHints, inferCsv, inferJson } from './infer-schema';
import { openParquet, parquetQuery, unionOfFields } from './parquet-files';
import { type RecordContext, rawRecords, sampleRecords } from './raw-records';
import type { ReadOptions } from './read-options';
import { sourceError } from './source-error';
import { METADATA, METADATA_TYPE, typedQuery } from './typed-columns';

/** Files as a relation of the engine. */
export interface FileRelationSql {
  /** SQL that may stand in FROM. */
  readonly relation: string;
  /** DDL of the columns that were inferred, those that came with these files included; absent when they were given. */
  readonly inferred?: string;
}

/**
 * Brings files before the engine as one relation with typed columns.
 *
 * @param knownSchema DDL that an earlier batch inferred. Later batches keep it, so that a table does not change by the order in which
 *   files come; columns that are new are added, as `schemaEvolutionMode` says
 * @throws LakewrightError LAKEFLOW_SOURCE_EMPTY when columns must be inferred and there is no record to infer them from,
 *   LAKEFLOW_SOURCE_COLUMNS for new columns with `failOnNewColumns`
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
  const sampled = await sampledColumns(context, files, knownSchema);
  const raw = await rawRecords(
    context,
    files,
    sampled.fields.map((field) => field.name),
  );
  const fields = sampled.isComplete ? sampled.fields : await allColumns(context, raw, sampled.fields);
  const columns = { ...options, fields, withMetadata };
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
  const given = applyHints(unionOfFields(open), options.schemaHints);
  const fields = known ? evolveColumns(options, known, given) : given;
  const relation = `(${parquetQuery(open, fields, options.rescuedColumn, withMetadata)})`;
  return { relation, ...(options.schema ? {} : { inferred: ddlOf(fields) }) };
}

/** Columns by what is given, known or seen in a sample, and whether no other record can have more. */
async function sampledColumns(
  context: RecordContext,
  files: readonly FoundFile[],
  knownSchema: string | undefined,
): Promise<{ readonly fields: readonly SparkField[]; readonly isComplete: boolean }> {
  const { store, options } = context;
  if (options.schema && options.evolution !== 'failOnNewColumns') return { fields: options.schema, isComplete: true };
  const known = options.schema ?? (knownSchema === undefined ? undefined : parseColumns(knownSchema));
  const isFixed = known && !isAdding(options) && options.evolution !== 'failOnNewColumns';
  if (isFixed) return { fields: known, isComplete: true };
  const { texts, isComplete } = await sampleRecords(store, options, files);
  const seen = applyHints(inferRecords(options, texts), known ? [] : options.schemaHints);
  const fields = known ? evolveColumns(options, known, withHints(options, seen)) : seen;
  if (fields.length === 0) throw nothingToInfer(context);
  return { fields, isComplete: isComplete || (!isAdding(options) && options.evolution !== 'failOnNewColumns') };
}

/** Columns with those that only records beyond the sample have: what Auto Loader finds when it fails and starts again. */
async function allColumns(context: RecordContext, raw: string, fields: readonly SparkField[]): Promise<readonly SparkField[]> {
  const { engine, options } = context;
  const known = fields.map(({ name }) => quoteString(name)).join(', ');
  const names = `SELECT explode(map_keys(from_json(value, 'MAP<STRING,STRING>'))) AS name FROM ${raw}`;
  const found = await engine.sql(`SELECT DISTINCT name FROM (${names}) WHERE name NOT IN (${known}) ORDER BY name`);
  if (found.rows.length === 0) return fields;
  const added = found.rows.map(({ name }) => String(name));
  // Names that differ by case alone are not added, and a name may be written with escapes: its values are texts then.
  const seen = withHints(options, inferRecords(options, await recordsWith(context, raw, added)));
  const given = added.map((name) => seen.find((field) => field.name === name) ?? { name, type: { kind: 'string' } as const });
  return evolveColumns(options, fields, given);
}

/** Some records for each of these names. */
async function recordsWith({ engine }: RecordContext, raw: string, names: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const name of names) {
    const { rows } = await engine.sql(
      `SELECT value FROM ${raw} WHERE contains(value, ${quoteString(JSON.stringify(name))}) LIMIT 100`,
    );
    for (const { value } of rows) texts.push(String(value));
  }
  return texts;
}

function inferRecords(options: ReadOptions, texts: Iterable<string>): readonly SparkField[] {
  return (options.format === 'csv' ? inferCsv : inferJson)(texts, options.inferTypes);
}

/** Hints for columns that are there; they add none. */
function withHints({ schemaHints }: ReadOptions, fields: readonly SparkField[]): readonly SparkField[] {
  return fields.map((field) => schemaHints.find(({ name }) => name === field.name) ?? field);
}

/**
 * The columns that files have, `_metadata` included, without bringing the files before the engine.
 *
 * @throws LakewrightError as `openFiles` does
 */
export async function describeFiles(
  context: RecordContext,
  files: readonly FoundFile[],
  knownSchema: string | undefined,
): Promise<readonly SparkField[]> {
  const { options } = context;
  const metadata = parseColumns(`_metadata ${METADATA_TYPE}`);
  if (options.format === 'text') return [...parseColumns('value STRING'), ...metadata];
  const rescued = options.rescuedColumn === undefined ? [] : parseColumns(`${quoteName(options.rescuedColumn)} STRING`);
  if (options.format === 'parquet' && !options.schema && knownSchema === undefined) {
    const open = await openParquet(context, files.slice(0, 100));
    if (open.length === 0) throw nothingToInfer(context);
    return [...applyHints(unionOfFields(open), options.schemaHints), ...rescued, ...metadata];
  }
  const known = options.schema ?? (knownSchema === undefined ? undefined : parseColumns(knownSchema));
  const fields = known ?? (await sampledColumns(context, files, undefined)).fields;
  return [...fields, ...rescued, ...metadata];
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
