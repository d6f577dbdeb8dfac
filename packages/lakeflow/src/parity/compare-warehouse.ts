import { LakewrightError } from '@lakewright/config';
import { prepareQuery } from '../dialect';
import type { SqlEngine } from '../engine';
import { deltaAddress } from '../engine';
import { parseColumns } from '../engine/ddl';
import { formatType, type SparkField, type SparkType } from '../engine/spark-type';
import { listTables, readView, type TableName } from '../lakehouse/lake-folder';
import type { Pipeline } from '../runtime';
import { buildGraph, type Dataset, parsePipeline, type Query, type QueryFlow, replaceReads, rewriteReads } from '../sql';
import type { ComparedDataset } from './compare-pipeline';
import { compareRows } from './compare-rows';
import { rowsAsSql } from './sql-literal';
import type { Warehouse, WarehouseResult } from './warehouse';

export interface WarehouseComparison {
  readonly pipeline: Pipeline;
  readonly engine: SqlEngine;
  readonly warehouse: Warehouse;
  /** The lake with the tables of the pipeline's last update. */
  readonly lake: string;
  /** Rows of each table that a query reads, at most: they travel inside the statement. @default 200 */
  readonly sample?: number;
}

const SAMPLE = 200;

/**
 * Computes the query of every dataset over the same rows here and on a Databricks warehouse, and compares the results. The rows are
 * those of the local tables, a sample of each, sent as literals: nothing is read or written in the workspace. What reads files and
 * what is made of changes (AUTO CDC) has no query over tables and is left out.
 */
export async function compareOnWarehouse(options: WarehouseComparison): Promise<readonly ComparedDataset[]> {
  const { pipeline } = options;
  const statements = parsePipeline(pipeline.sources, pipeline.configuration);
  const graph = buildGraph(statements, { catalog: pipeline.catalog, schema: pipeline.schema });
  const datasets = new Map(graph.datasets.map((dataset) => [dataset.id, dataset]));
  const compared: ComparedDataset[] = [];
  for (const dataset of graph.datasets) {
    for (const flow of dataset.flows) {
      const name = dataset.table ? `${dataset.table.schema}.${dataset.table.name}` : dataset.id;
      if (flow.kind === 'query' && flow.query.reads.every(({ kind }) => kind === 'table')) {
        compared.push(await compareFlow(options, name, flow, datasets));
      }
    }
  }
  return compared;
}

async function compareFlow(
  options: WarehouseComparison,
  dataset: string,
  flow: QueryFlow,
  datasets: ReadonlyMap<string, Dataset>,
): Promise<ComparedDataset> {
  try {
    const relations = new Map<Query['reads'][number], string>();
    for (const { read, dataset: id, external } of flow.reads) {
      const table = external ?? (id === undefined ? undefined : datasets.get(id)?.table);
      if (!table) return { dataset, verdict: 'failed', rows: 0, detail: 'it reads a temporary view' };
      relations.set(read, await sampleOf(options, table));
    }
    const of = (read: Query['reads'][number]) => relations.get(read) ?? '';
    const prepared = await prepareQuery(options.engine, { ...flow.query, replacements: replaceReads(flow.query, of) });
    const ours = await options.engine.sql(prepared);
    const theirs = await options.warehouse.query(rewriteReads(flow.query, of));
    return judge(dataset, ours, theirs);
  } catch (error) {
    if (!(error instanceof LakewrightError)) throw error;
    const verdict = error.code.startsWith('PARITY') ? 'failed' : 'refused';
    return { dataset, verdict, rows: 0, detail: `${error.code}: ${error.message}` };
  }
}

/** The first rows of a local table, as SQL that needs no table. */
async function sampleOf({ engine, lake, sample = SAMPLE }: WarehouseComparison, wanted: TableName): Promise<string> {
  const table = listTables(lake).find(
    ({ catalog, schema, name }) => catalog === wanted.catalog && schema === wanted.schema && name === wanted.name,
  );
  if (!table) {
    throw new LakewrightError('LAKEHOUSE_NO_TABLE', `the lake has no table ${wanted.schema}.${wanted.name}`, {
      hint: 'run the pipeline first',
    });
  }
  const from = table.kind === 'view' ? `(${readView(lake, table.location).query})` : `delta.\`${deltaAddress(table.location)}\``;
  const { columns, rows } = await engine.sql(`SELECT * FROM ${from} LIMIT ${sample}`);
  const typed = columns.flatMap(({ name, type }) => parseColumns(`\`${name.replaceAll('`', '``')}\` ${type}`));
  return rowsAsSql(typed, rows);
}

function judge(dataset: string, ours: Awaited<ReturnType<SqlEngine['sql']>>, theirs: WarehouseResult): ComparedDataset {
  const columns = ours.columns.flatMap(({ name, type }) => parseColumns(`\`${name.replaceAll('`', '``')}\` ${type}`));
  const rows = ours.rows.length;
  const here = columns.map(({ name, type }) => `${name} ${formatType(type)}`.toLowerCase());
  const there = theirs.columns.map(({ name, type }) => `${name} ${plainType(type)}`.toLowerCase());
  if (here.join() !== there.join()) {
    return { dataset, verdict: 'differs', rows, detail: `columns (${here.join(', ')}) and there (${there.join(', ')})` };
  }
  const mine = ours.rows.map((row) => Object.fromEntries(columns.map(({ name, type }) => [name, comparable(row[name], type)])));
  const other = theirs.rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column.name, parsed(row[index], column)])),
  );
  const { missing, surplus, onlyOurs, onlyTheirs } = compareRows(mine, other);
  if (missing === 0 && surplus === 0) return { dataset, verdict: 'equal', rows };
  return {
    dataset,
    verdict: 'differs',
    rows,
    detail: `${surplus} rows only here, ${missing} only there: ${[...onlyOurs, '|', ...onlyTheirs].join(' ')}`,
  };
}

function plainType(type: string): string {
  return parseColumns(`c ${type}`).map((field) => formatType(field.type))[0] ?? type;
}

/** A value from here in the form of one from there: texts, and numbers where digits may differ. */
function comparable(value: unknown, type: SparkType): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === 'float' || type.kind === 'double') return Number(value);
  if (type.kind === 'timestamp' || type.kind === 'timestamp_ntz') return new Date(String(value)).toISOString();
  if (type.kind === 'binary') return Buffer.from(value as Uint8Array).toString('base64');
  if (type.kind === 'array') return (value as readonly unknown[]).map((each) => comparable(each, type.element));
  if (type.kind === 'map') return mapped(value as object, () => type.value);
  if (type.kind === 'struct') return mapped(value as object, (name) => type.fields.find((field) => field.name === name)?.type);
  return String(value);
}

function mapped(value: object, typeOf: (name: string) => SparkType | undefined): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, comparable(each, typeOf(name) ?? { kind: 'string' })]),
  );
}

function parsed(text: string | null | undefined, { type }: SparkField): unknown {
  if (text === null || text === undefined) return null;
  const isComplex = type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
  return comparable(isComplex ? JSON.parse(text) : text, type.kind === 'binary' ? { kind: 'string' } : type);
}
