import { existsSync, rmSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import { type CdcPlan, hiddenTypes } from '../cdc/cdc-plan';
import { isReserved } from '../cdc/hidden-columns';
import {
  backingColumns,
  initialQuery,
  publicQuery,
  tiesQuery,
  touchedQuery,
  truncatedQuery,
  untouchedQuery,
} from '../cdc/scd-statements';
import type { Staged } from '../delta/commit';
import { deleteFiles, filesRemovedBy, latestVersion } from '../delta/log';
import type { TableColumn } from '../delta/schema';
import { readIfThere, writeDurably } from '../durable-file';
import { type Column, deltaAddress } from '../engine';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField } from '../engine/spark-type';

import type { Dataset } from '../sql';
import { Batch } from './batch';
import { type Events, eventsOf, type OpenChanges, openChanges } from './cdc-events';
import type { Checkpoint } from './checkpoint';
import { judgeViews } from './expectations';
import { tableExists } from './ownership';
import { relativeToLake } from './pipeline-folder';
import { announceFiles, announceViews, fingerprint, planFlows, report } from './streaming-table';
import { checkUnchanged, columnsDdl, findColumn } from './table-columns';
import type { UpdateContext } from './update-context';
import type { DatasetOutcome } from './update-result';

/**
 * Brings the target of AUTO CDC up to date. Events go into a hidden backing table, of which a batch computes the
 * keys that it touches anew; the target is a view over it. After a crash the batch is simply done again.
 */
export async function refreshCdcTable(context: UpdateContext, dataset: Dataset): Promise<DatasetOutcome> {
  const batch = await Batch.begin(context, dataset);
  const plans = await planFlows(context, batch);
  const backing = batch.folder.backing(batch.before.generation);
  const began = tableExists(batch, backing) && !batch.isRefresh;
  const definition = fingerprint(plans, dataset);
  const hasNews = plans.some((plan) => plan.hasNews);
  if (began && !hasNews && batch.before.definition === definition) return { dataset: batch.name, status: 'unchanged' };
  if (!began) rmSync(backing, { recursive: true, force: true });
  const open = await openChanges(context, batch, plans);
  const columns = columnsOf(open[0]!.cdc);
  const shape = shapeOf(open);
  const added = began ? addedColumns(batch, open[0]!.cdc) : [];
  if (began) validateUnchanged(batch, open, columns, added);
  announceFiles(context, batch, plans);
  const intent = await batch.intend(batch.after(plans, { definition, columns, shape }), plans, backing);
  const applying = Date.now();
  const views = await Promise.all(plans.map((plan) => judgeViews(context, batch, plan)));
  const { flows, rowsWritten } = await apply(context, batch, open, { backing, columns, added });
  const durationMs = Date.now() - applying;
  await batch.point('after-apply');
  await writeView(context, batch, open[0]!.cdc, intent.next);
  await batch.finish(intent);
  cleanUp(batch, backing);
  for (const [ordinal, { dropped: rowsDropped, expectations }] of flows.entries()) {
    const at = { dataset: batch.name, flow: open[ordinal]!.plan.flow.name };
    context.events.add({ type: 'flow_progress', ...at, rowsWritten, rowsDropped, durationMs });
    if (expectations.length > 0) context.events.add({ type: 'expectations', ...at, expectations });
    announceViews(context, at.flow, views[ordinal]!);
  }
  return report(context, batch, latestVersion(backing), {
    rowsWritten,
    rowsDropped: flows.reduce((sum, { dropped }) => sum + dropped, 0),
  });
}

interface Applied {
  readonly flows: readonly Events[];
  readonly rowsWritten: number;
}

interface Target {
  readonly backing: string;
  readonly columns: readonly TableColumn[];
  /** Names of columns that the backing table does not have yet. */
  readonly added: readonly string[];
}

async function apply(context: UpdateContext, batch: Batch, open: readonly OpenChanges[], target: Target): Promise<Applied> {
  const cdc = open[0]!.cdc;
  const flows: Events[] = [];
  for (const each of open) flows.push(await eventsOf(context, batch, each));
  const relations = flows.map(({ sql }) => sql);
  const events =
    relations.length === 1 ? relations[0]! : `(${relations.map((sql) => `SELECT * FROM ${sql}`).join(' UNION ALL ')})`;
  const exists = latestVersion(target.backing) >= 0;
  if (exists && target.added.length === 0 && flows.every(({ count }) => count === 0)) return { flows, rowsWritten: 0 };
  if (!exists) {
    const query = initialQuery(cdc, events, await hasTies(context, cdc, events));
    return { flows, rowsWritten: await write(batch, { initial: query }, target) };
  }
  const stored = storedRows(target);
  const queries: Readonly<Record<string, string>> = flows.some(({ truncates }) => truncates > 0)
    ? { truncated: truncatedQuery(cdc, stored, events) }
    : { touched: touchedQuery(cdc, stored, events), untouched: untouchedQuery(cdc, stored, events) };
  return { flows, rowsWritten: await write(batch, queries, target) };
}

/**
 * Makes the rows of queries the whole content of the backing table, in one commit. Written in place of a MERGE, which on Sail rewrites
 * every file that holds a touched key as well and takes seven times the processor time (README, "Engine findings").
 *
 * @returns rows of the first query
 */
async function write(batch: Batch, queries: Readonly<Record<string, string>>, { backing, columns }: Target): Promise<number> {
  const staged: Staged[] = [];
  for (const [name, query] of Object.entries(queries)) staged.push(await batch.stage(query, name));
  const mode = latestVersion(backing) < 0 ? 'append' : 'overwrite';
  const rows = staged[0]!.rows;
  await batch.commit(backing, staged, { mode, columns, metrics: { numOutputRows: rows } });
  return rows;
}

async function hasTies(context: UpdateContext, cdc: CdcPlan, events: string): Promise<boolean> {
  if (cdc.scdType === 1) return true;
  const [row] = (await context.engine.sql(tiesQuery(cdc, events))).rows;
  return Number(row?.['ties']) > 0;
}

/** The backing table's columns, as the engine describes them. */
export function backingFields(cdc: CdcPlan): readonly Column[] {
  return columnsOf(cdc).map(({ name, type }) => ({ name, type: formatType(type) }));
}

/** Columns of the backing table. */
function columnsOf(cdc: CdcPlan): readonly TableColumn[] {
  const hidden = hiddenTypes(cdc);
  return backingColumns(cdc).map((name) => cdc.columns.find((column) => column.name === name) ?? { name, type: hidden[name]! });
}

/** The backing table as SQL for FROM; columns that it does not have yet are null. */
function storedRows({ backing, columns, added }: Target): string {
  const table = `delta.\`${deltaAddress(backing)}\``;
  if (added.length === 0) return table;
  const list = columns.map(({ name, type }) => {
    const column = quoteName(name);
    return added.includes(name) ? `CAST(NULL AS ${formatType(type)}) AS ${column}` : column;
  });
  return `(SELECT ${list.join(', ')} FROM ${table})`;
}

/** New columns of the source, which the target gets too. With IGNORE NULL UPDATES what is stored says nothing about them. */
function addedColumns({ before }: Batch, { columns, partial }: CdcPlan): readonly string[] {
  if (partial.length > 0) return [];
  const stored = parseColumns(before.columns);
  return columns.map(({ name }) => name).filter((name) => !findColumn(stored, name));
}

/** What decides how events become versions; stored versions were made by the old one. One entry a flow. */
function shapeOf(open: readonly OpenChanges[]): string {
  return JSON.stringify(open.map(({ cdc }) => [cdc.scdType, cdc.keys, cdc.sequenceSql, cdc.tracked, ...layoutOf(cdc)]));
}

/** What a flow needs of the backing table beyond what every one has. */
function layoutOf({ partial, truncates }: CdcPlan): readonly unknown[] {
  if (partial.length === 0 && !truncates) return [];
  return [partial.map(({ name }) => name), truncates];
}

/** First what the user sees: columns; then what put them together; then the columns beside them. */
function validateUnchanged(
  batch: Batch,
  open: readonly OpenChanges[],
  columns: readonly TableColumn[],
  added: readonly string[],
): void {
  const { dataset, before } = batch;
  const now = columns.filter(({ name }) => !added.includes(name));
  const shown = (all: readonly SparkField[]) => all.filter(({ name }) => !isReserved(name));
  checkUnchanged(dataset, columnsDdl(shown(parseColumns(before.columns))), shown(now));
  validateShape(batch, open, added);
  checkUnchanged(dataset, before.columns, now);
}

/** Flows may come and go; those that stay keep their shape. */
function validateShape(batch: Batch, open: readonly OpenChanges[], added: readonly string[]): void {
  const known = open.map((each) => {
    const tracked = each.cdc.tracked.filter((name) => !added.includes(name));
    return { ...each, cdc: { ...each.cdc, tracked } };
  });
  const [before, now] = [batch.before.shape ?? '[]', shapeOf(known)].map((text) =>
    (JSON.parse(text) as unknown[]).map((flow) => JSON.stringify(flow)),
  );
  if (before!.every((flow) => now!.includes(flow)) || now!.every((flow) => before!.includes(flow))) return;
  throw new LakewrightError(
    'LAKEFLOW_CDC_CHANGED',
    `${batch.name} would get other keys, another sequence, another history, or other clauses for nulls and truncates`,
    {
      location: batch.dataset.flows[0]!.location,
      hint: `run the pipeline with a full refresh of ${batch.name}: what it holds was put together by the old ones`,
    },
  );
}

async function writeView(context: UpdateContext, batch: Batch, cdc: CdcPlan, { generation }: Checkpoint): Promise<void> {
  const backing = relativeToLake(context.folder.lake, batch.folder.backing(generation));
  const text = `${JSON.stringify({ query: publicQuery(cdc, `delta.\`\${lake}/${backing}\``) })}\n`;
  if (readIfThere(batch.folder.view) === text) return;
  writeDurably(batch.folder.view, text);
  await batch.point('after-view');
}

/** Files that the commit before the last took out, and whatever a full refresh replaced. */
function cleanUp(batch: Batch, backing: string): void {
  deleteFiles(filesRemovedBy(backing, latestVersion(backing) - 1));
  if (!batch.isRefresh) return;
  for (let generation = 0; generation < batch.before.generation; generation += 1) {
    rmSync(batch.folder.backing(generation), { recursive: true, force: true });
  }
  if (existsSync(batch.folder.location)) rmSync(batch.folder.location, { recursive: true });
}
