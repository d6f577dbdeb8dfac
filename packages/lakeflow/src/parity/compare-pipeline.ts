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
 * Runs one update of a pipeline from nothing on two engines, each into a lake of its own, and compares every table row by row.
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
    else compared.push(await compareDataset(options.pipeline, dataset, ours.lake, theirs.lake));
  }
  return compared;
}

interface Updated {
  readonly result: UpdateResult;
  readonly lake: Lake;
}

/** Not registered under their names: Apache Spark has no catalog that could take them. */
interface Lake {
  readonly root: string;
  readonly engine: SqlEngine;
}

async function update({ pipeline, folder, s3 }: PipelineComparison, engine: SqlEngine, name: string): Promise<Updated> {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const lake = { root, engine };
  try {
    return { result: await runUpdate({ engine, lake: root, pipeline, s3 }), lake };
  } catch (error) {
    if (error instanceof UpdateError) return { result: error.result, lake };
    throw error;
  }
}

function why(outcome: object): string | undefined {
  const { status, code, message, because } = outcome as { status: string; code?: string; message?: string; because?: string };
  if (status === 'failed') return `${code}: ${message}`;
  return status === 'skipped' ? `${because} failed` : undefined;
}

async function compareDataset(pipeline: Pipeline, dataset: string, ours: Lake, theirs: Lake): Promise<ComparedDataset> {
  const [schema = '', name = ''] = dataset.split('.');
  const table = { catalog: pipeline.catalog, schema, name };
  const [here, there] = [await readTable(ours, table), await readTable(theirs, table)];
  const types = (columns: typeof here.columns) => columns.map((column) => `${column.name} ${column.type}`).join(', ');
  if (types(here.columns) !== types(there.columns)) {
    const detail = `columns (${types(here.columns)}) and there (${types(there.columns)})`;
    return { dataset, verdict: 'differs', rows: here.rows.length, detail };
  }
  const { missing, surplus, onlyOurs, onlyTheirs } = compareRows(here.rows, there.rows);
  if (missing === 0 && surplus === 0) return { dataset, verdict: 'equal', rows: here.rows.length };
  const detail = `${surplus} rows only here, ${missing} only there: ${[...onlyOurs, '|', ...onlyTheirs].join(' ')}`;
  return { dataset, verdict: 'differs', rows: here.rows.length, detail };
}

async function readTable({ root, engine }: Lake, { catalog, schema, name }: TableName): Promise<QueryResult> {
  const table = listTables(root).find((each) => each.catalog === catalog && each.schema === schema && each.name === name);
  if (!table) return { columns: [], rows: [] };
  const query =
    table.kind === 'view' ? readView(root, table.location).query : `SELECT * FROM delta.\`${deltaAddress(table.location)}\``;
  return engine.sql(query);
}
