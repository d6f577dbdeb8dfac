import { existsSync, rmSync } from 'node:fs';
import { type CdcPlan, hiddenTypes } from '../cdc/cdc-plan';
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
import { formatType, quoteName } from '../engine/spark-type';

import type { Dataset } from '../sql';
import { Batch } from './batch';
import { doneFlows, type Events, eventsOf, type OpenChanges, openChanges } from './cdc-events';
import { addedColumns, shapeOf, validateUnchanged } from './cdc-shape';
import { type Checkpoint, writeCheckpoint } from './checkpoint';
import { judgeViews } from './expectations';
import { tableExists } from './ownership';
import { relativeToLake } from './pipeline-folder';
import { announceFiles, announceViews, fingerprint, planFlows, report } from './streaming-table';
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
  if (began && plans.every((plan) => plan.isDone)) {
    writeCheckpoint(batch.folder, { ...batch.before, definition });
    return { dataset: batch.name, status: 'unchanged' };
  }
  if (!began) rmSync(backing, { recursive: true, force: true });
  const open = await openChanges(context, batch, plans);
  const columns = columnsOf(open[0]!.cdc);
  const flowPlans = [
    ...open.map(({ cdc }) => cdc),
    ...doneFlows(plans).map((cdc) => ({ ...open[0]!.cdc, sequenceText: cdc.sequenceBy.text })),
  ];
  const shape = shapeOf(flowPlans);
  const added = began ? addedColumns(batch, open[0]!.cdc) : [];
  if (began) validateUnchanged(batch, flowPlans, columns, added);
  announceFiles(context, batch, plans);
  const intent = await batch.intend(batch.after(plans, { definition, columns, shape }), plans, backing);
  const applying = Date.now();
  const views = await Promise.all(open.map(({ plan }) => judgeViews(context, batch, plan)));
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
