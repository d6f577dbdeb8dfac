import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Staged } from '../delta/commit';
import { deleteFiles, latestVersion } from '../delta/log';
import type { TableColumn } from '../delta/schema';
import { deltaAddress } from '../engine';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName } from '../engine/spark-type';
import type { Dataset, Flow } from '../sql';
import { Batch } from './batch';
import { writeCheckpoint } from './checkpoint';
import type { RunRows } from './event-log';
import { type Judged, judgeViews, stageJudged, type ViewCounts } from './expectations';
import { FlowPlan } from './flow-plan';
import { forgetFormerPlace, tableExists } from './ownership';
import { type Evolution, evolve, projectTo, type ShapedQuery, shapeQuery, tableColumns } from './table-columns';
import type { UpdateContext } from './update-context';
import type { DatasetOutcome } from './update-result';

/** A flow that was opened: its query in the engine's words. */
interface OpenFlow {
  readonly plan: FlowPlan;
  readonly ordinal: number;
  readonly shaped: ShapedQuery;
}

/**
 * Brings a streaming table up to date: what its flows have not read yet is appended, all flows in one commit.
 * With nothing new nothing is written and the engine is not asked.
 */
export async function refreshStreamingTable(context: UpdateContext, dataset: Dataset): Promise<DatasetOutcome> {
  const batch = await Batch.begin(context, dataset);
  const plans = await planFlows(context, batch);
  const exists = tableExists(batch, batch.folder.location);
  const definition = fingerprint(plans, dataset);
  const news = plans.filter((plan) => plan.hasNews);
  if (exists && !batch.isRefresh && news.length === 0 && batch.before.definition === definition)
    return { dataset: batch.name, status: 'unchanged' };
  const open = await openFlows(context, batch, plans);
  const { columns, change } = columnsOf(batch, open, exists);
  const redeclares = exists && !batch.isRefresh && batch.before.definition !== definition && batch.isRedeclared(columns);
  if (exists && !batch.isRefresh && news.length === 0 && !redeclares) {
    writeCheckpoint(batch.folder, { ...batch.before, definition });
    return { dataset: batch.name, status: 'unchanged' };
  }
  return append(context, batch, {
    plans,
    open,
    columns,
    change,
    redeclares: redeclares || change !== 'none',
    definition,
    exists,
  });
}

function columnsOf({ dataset, before, isRefresh }: Batch, open: readonly OpenFlow[], exists: boolean): Evolution {
  const isPartial = open.length < dataset.flows.length;
  if (open.length === 0) return { columns: parseColumns(before.columns), change: 'none' };
  const given = tableColumns(
    dataset,
    open.map(({ shaped }) => shaped),
  );
  return exists && !isRefresh ? evolve(dataset, before.columns, given, isPartial) : { columns: given, change: 'none' };
}

interface Work extends Evolution {
  readonly plans: readonly FlowPlan[];
  /** Without the flows that ran once and did. */
  readonly open: readonly OpenFlow[];
  /** Whether the table says something else of itself than before. */
  readonly redeclares: boolean;
  readonly definition: string;
  readonly exists: boolean;
}

async function append(context: UpdateContext, batch: Batch, work: Work): Promise<DatasetOutcome> {
  const { location } = batch.folder;
  announceFiles(context, batch, work.plans);
  const intent = await batch.intend(batch.after(work.plans, work), work.plans, location);
  const done: FlowOutcome[] = [];
  for (const each of work.open) {
    if (each.plan.hasNews || !work.exists || batch.isRefresh) done.push(await stageFlow(context, batch, each, work.columns));
    else await each.plan.stageState();
  }
  const rows = {
    rowsWritten: done.reduce((sum, { staged }) => sum + staged.rows, 0),
    rowsDropped: done.reduce((sum, { dropped }) => sum + dropped, 0),
  };
  const commits = rows.rowsWritten > 0 || !work.exists || batch.isRefresh || work.redeclares;
  const replaced = commits ? await commit(batch, done, work, rows.rowsWritten) : [];
  await batch.finish(intent);
  if (batch.isRefresh) removeOtherKinds(batch);
  if (batch.isRefresh || !work.exists) forgetFormerPlace(context, batch);
  deleteFiles(replaced);
  if (work.change !== 'none') announceColumns(context, batch, work.columns);
  for (const each of done) announceFlow(context, batch, each);
  return report(context, batch, latestVersion(location), rows);
}

/** What came of one flow. */
export interface FlowOutcome extends Judged {
  readonly flow: string;
  readonly views: readonly ViewCounts[];
  /** See `FlowPlan.watermark`. */
  readonly watermark?: string;
  /** Whose rows it read, where the table tells. */
  readonly runs?: readonly RunRows[];
  readonly durationMs: number;
}

async function commit(
  batch: Batch,
  done: readonly FlowOutcome[],
  { columns, change, redeclares }: Work,
  rows: number,
): Promise<readonly string[]> {
  const { location } = batch.folder;
  const mode = batch.isRefresh && latestVersion(location) >= 0 ? 'overwrite' : 'append';
  const staged = done.map((each) => each.staged);
  const rearranged = change === 'widened' ? await stageWidened(batch, columns) : undefined;
  const options = { mode, columns, redeclares, metrics: { numOutputRows: rows } } as const;
  return (await batch.commit(location, staged, { ...options, ...(rearranged ? { rearranged } : {}) })).replaced;
}

/** The rows of the table with its new types: a Parquet file with another type than the table's is one that few can read. */
function stageWidened(batch: Batch, columns: readonly TableColumn[]): Promise<Staged> {
  const stored = {
    query: `SELECT * FROM delta.\`${deltaAddress(batch.folder.location)}\``,
    columns: parseColumns(batch.before.columns),
  };
  return batch.stage(projectTo(columns, stored), 'widened');
}

function announceColumns(context: UpdateContext, { name: dataset, before }: Batch, columns: readonly TableColumn[]): void {
  const known = new Map(parseColumns(before.columns).map(({ name, type }) => [name, formatType(type)]));
  const changed = columns.filter(({ name, type }) => known.get(name) !== formatType(type));
  context.events.add({
    type: 'columns_changed',
    dataset,
    columns: changed.map(({ name, type }) => ({ name, type: formatType(type), before: known.get(name) ?? null })),
  });
}

async function stageFlow(
  context: UpdateContext,
  batch: Batch,
  { plan, ordinal, shaped }: OpenFlow,
  columns: readonly TableColumn[],
): Promise<FlowOutcome> {
  const began = Date.now();
  const flow = plan.flow.name;
  const views = await judgeViews(context, batch, plan);
  const query = projectTo(columns, shaped);
  const table = { dataset: batch.dataset, columns, flow, ordinal };
  const runs: RunRows[] = [];
  // Of new files all rows are staged first: whose rows were read is counted before anything is dropped.
  const counted = async (staged: Staged) => runs.push(...(await runsOf(context, staged, columns)));
  const judged = await stageJudged(context, batch, query, table, plan.discovered.length > 0 ? counted : undefined);
  await plan.stageState();
  await batch.point(`after-state-${ordinal}`);
  return { ...judged, views, flow, runs, watermark: plan.watermark, durationMs: Date.now() - began };
}

/** Rows by run, of a table that says of each row which run caused it. */
async function runsOf(
  { engine, runColumn }: UpdateContext,
  staged: Staged,
  columns: readonly TableColumn[],
): Promise<readonly RunRows[]> {
  if (runColumn === undefined || staged.rows === 0 || !columns.some(({ name }) => name === runColumn)) return [];
  const rows = `delta.\`${deltaAddress(staged.location)}\``;
  const column = quoteName(runColumn);
  const counted = await engine.sql(`SELECT ${column} AS run, count(*) AS n FROM ${rows} GROUP BY ${column} ORDER BY run`);
  return counted.rows.map(({ run, n }) => ({ run: run === null ? null : String(run), rows: Number(n) }));
}

/** Tells the event log of a flow, once its rows are in. */
export function announceFlow(
  context: UpdateContext,
  batch: Batch,
  { flow, staged, dropped, counts, views, watermark, runs = [], durationMs }: FlowOutcome,
): void {
  const { name: dataset } = batch;
  if (runs.length > 0) context.events.add({ type: 'runs_read', dataset, flow, runs });
  context.events.add({ type: 'flow_progress', dataset, flow, rowsWritten: staged.rows, rowsDropped: dropped, durationMs });
  if (watermark !== undefined) context.events.add({ type: 'watermark', dataset, flow, watermark });
  if (counts.length > 0) context.events.add({ type: 'expectations', dataset, flow, expectations: counts });
  announceViews(context, flow, views);
}

/** Tells the event log how many rows of temporary views met their expectations. */
export function announceViews(context: UpdateContext, flow: string, views: readonly ViewCounts[]): void {
  for (const { view, counts } of views) context.events.add({ type: 'expectations', dataset: view, flow, expectations: counts });
}

/** Looks at what each flow of a batch reads. */
export async function planFlows(context: UpdateContext, batch: Batch): Promise<readonly FlowPlan[]> {
  const plans: FlowPlan[] = [];
  for (const flow of batch.dataset.flows)
    plans.push(await FlowPlan.make(context, flow, batch.before.positions[flow.name], batch.folder));
  return plans;
}

export function announceFiles(context: UpdateContext, batch: Batch, plans: readonly FlowPlan[]): void {
  for (const plan of plans) {
    for (const { source, files } of plan.discovered) {
      const bytes = files.reduce((sum, file) => sum + file.size, 0);
      context.events.add({
        type: 'files_discovered',
        dataset: batch.name,
        flow: plan.flow.name,
        source,
        files: files.length,
        bytes,
      });
    }
  }
}

export function report(
  context: UpdateContext,
  batch: Batch,
  version: number,
  rows: { readonly rowsWritten: number; readonly rowsDropped: number },
): DatasetOutcome {
  const durationMs = Date.now() - batch.began;
  context.events.add({
    type: 'dataset_refreshed',
    dataset: batch.name,
    batch: batch.number,
    version,
    fullRefresh: batch.isRefresh,
    durationMs,
  });
  return { dataset: batch.name, status: 'refreshed', version, ...rows };
}

/** Tells whether the statement of a dataset is still the one that its content was made by. */
export function fingerprint(plans: readonly FlowPlan[], { statement }: Dataset): string {
  const columns = statement.columns.map(({ name, type, notNull, comment }) => [name, type, notNull, comment]);
  const expectations = statement.expectations.map(({ name, action, condition }) => [name, action, condition.text]);
  const { comment, properties, clusterBy } = statement;
  const isPlain = comment === undefined && Object.keys(properties).length === 0 && clusterBy.length === 0;
  const declared = isPlain ? [] : [comment, properties, clusterBy];
  return createHash('sha256')
    .update(JSON.stringify([plans.map((plan) => [plan.flow.name, plan.definition]), columns, expectations, ...declared]))
    .digest('hex');
}

async function openFlows(context: UpdateContext, batch: Batch, plans: readonly FlowPlan[]): Promise<readonly OpenFlow[]> {
  const open: OpenFlow[] = [];
  for (const [ordinal, plan] of plans.entries()) {
    if (plan.isDone) continue;
    const query = await plan.open(batch.names(ordinal));
    const described = await context.engine.describe(query);
    open.push({ plan, ordinal, shaped: shapeQuery(query, textOf(plan.flow), described, batch.dataset) });
  }
  return open;
}

function textOf(flow: Flow): string {
  return flow.kind === 'query' ? flow.query.text : '';
}

/** A target of AUTO CDC that became an ordinary table leaves its view and backing tables behind. */
function removeOtherKinds(batch: Batch): void {
  rmSync(batch.folder.view, { force: true });
  for (let generation = 0; generation <= batch.before.generation; generation += 1) {
    rmSync(batch.folder.backing(generation), { recursive: true, force: true });
  }
}
