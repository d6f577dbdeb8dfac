import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deltaAddress, type QueryResult, type SqlEngine } from '../engine';
import { listTables, readView, type TableName } from '../lakehouse/lake-folder';
import { type Pipeline, runUpdate, UpdateError, type UpdateOptions, type UpdateResult } from '../runtime';
import { compareRows } from './compare-rows';

export interface PipelineComparison {
  readonly pipeline: Pipeline;
  readonly ours: SqlEngine;
  readonly theirs: SqlEngine;
  /** A scratch folder: both lakes are made in it, from nothing. */
  readonly folder: string;
  readonly s3?: UpdateOptions['s3'];
  readonly volumes?: UpdateOptions['volumes'];
}

/** What became of one dataset on both engines. */
export interface ComparedDataset {
  /** `schema.table`. */
  readonly dataset: string;
  /** `equal`; `differs`; `refused` here and computed there; `failed` there, or on both. */
  readonly verdict: 'equal' | 'differs' | 'refused' | 'failed';
  readonly rows: number;
  readonly detail?: string;
}

/**
 * Runs one update of a pipeline from nothing on two engines, each into a lake of its own, and compares every table row by row. Times
 * that lie inside the update itself (`current_timestamp()`) count as the same.
 *
 * @throws LakewrightError what the parser throws, which asks no engine
 */
export async function comparePipeline(options: PipelineComparison): Promise<readonly ComparedDataset[]> {
  const ours = await update(options, options.ours, 'ours');
  const theirs = await update(options, options.theirs, 'theirs');
  const compared: ComparedDataset[] = [];
  for (const { dataset, ...here } of ours.result.datasets) {
    const there = theirs.result.datasets.find((each) => each.dataset === dataset);
    const failedHere = why(here);
    const failedThere = there ? why(there) : 'it does not exist there';
    if (failedThere) compared.push({ dataset, verdict: 'failed', rows: 0, detail: `on the other engine: ${failedThere}` });
    else if (failedHere) compared.push({ dataset, verdict: 'refused', rows: 0, detail: failedHere });
    else compared.push(await compareDataset(options.pipeline, dataset, ours, theirs));
  }
  return compared;
}

interface Updated {
  readonly result: UpdateResult;
  readonly lake: Lake;
  /** When the update began and ended, in milliseconds. */
  readonly span: readonly [number, number];
}

/** Not registered under their names: Apache Spark has no catalog that could take them. */
interface Lake {
  readonly root: string;
  readonly engine: SqlEngine;
}

async function update({ pipeline, folder, s3, volumes }: PipelineComparison, engine: SqlEngine, name: string): Promise<Updated> {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const lake = { root, engine };
  const began = Date.now();
  const updated = (result: UpdateResult): Updated => ({ result, lake, span: [began, Date.now()] });
  try {
    return updated(await runUpdate({ engine, lake: root, pipeline, s3, volumes }));
  } catch (error) {
    if (error instanceof UpdateError) return updated(error.result);
    throw error;
  }
}

function why(outcome: object): string | undefined {
  const { status, code, message, because } = outcome as { status: string; code?: string; message?: string; because?: string };
  if (status === 'failed') return `${code}: ${message}`;
  return status === 'skipped' ? `${because} failed` : undefined;
}

async function compareDataset(pipeline: Pipeline, dataset: string, ours: Updated, theirs: Updated): Promise<ComparedDataset> {
  const [schema = '', name = ''] = dataset.split('.');
  const table = { catalog: pipeline.catalog, schema, name };
  const [here, there] = [await readTable(ours.lake, table), await readTable(theirs.lake, table)];
  const types = (columns: typeof here.columns) => columns.map((column) => `${column.name} ${column.type}`).join(', ');
  if (types(here.columns) !== types(there.columns)) {
    const detail = `columns (${types(here.columns)}) and there (${types(there.columns)})`;
    return { dataset, verdict: 'differs', rows: here.rows.length, detail };
  }
  const { missing, surplus, onlyOurs, onlyTheirs } = compareRows(
    here.rows.map((row) => withoutOwnTimes(row, ours.span)),
    there.rows.map((row) => withoutOwnTimes(row, theirs.span)),
  );
  if (missing === 0 && surplus === 0) return { dataset, verdict: 'equal', rows: here.rows.length };
  const detail = `${surplus} rows only here, ${missing} only there: ${[...onlyOurs, '|', ...onlyTheirs].join(' ')}`;
  return { dataset, verdict: 'differs', rows: here.rows.length, detail };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A row with the times that lie inside the update replaced by a word: two updates cannot have the same ones. */
function withoutOwnTimes(row: Readonly<Record<string, unknown>>, [began, ended]: readonly [number, number]) {
  const isOwn = (value: unknown) =>
    typeof value === 'string' && TIME.test(value) && began <= Date.parse(value) && Date.parse(value) <= ended;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isOwn(value) ? 'the time of the update' : value]));
}

async function readTable({ root, engine }: Lake, { catalog, schema, name }: TableName): Promise<QueryResult> {
  const table = listTables(root).find((each) => each.catalog === catalog && each.schema === schema && each.name === name);
  if (!table) return { columns: [], rows: [] };
  const query =
    table.kind === 'view' ? readView(root, table.location).query : `SELECT * FROM delta.\`${deltaAddress(table.location)}\``;
  return engine.sql(query);
}
