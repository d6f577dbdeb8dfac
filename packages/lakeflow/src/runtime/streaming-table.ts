import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Staged } from '../delta/commit';
import { deleteFiles, latestVersion } from '../delta/log';
import type { TableColumn } from '../delta/schema';
import { deltaAddress } from '../engine';
import { quoteName } from '../engine/spark-type';
import type { Dataset, Flow } from '../sql';
import { Batch } from './batch';
import { writeCheckpoint } from './checkpoint';
import type { RunRows } from './event-log';
import { type Judged, judge, judgeViews, type ViewCounts } from './expectations';
import { FlowPlan } from './flow-plan';
import { tableExists } from './ownership';
import { checkUnchanged, projectTo, type ShapedQuery, shapeQuery, tableColumns } from './table-columns';
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
  const columns = tableColumns(
    dataset,
    open.map(({ shaped }) => shaped),
  );
  if (exists && !batch.isRefresh) checkUnchanged(dataset, batch.before.columns, columns);
  if (exists && !batch.isRefresh && news.length === 0) {
    writeCheckpoint(batch.folder, { ...batch.before, definition });
    return { dataset: batch.name, status: 'unchanged' };
  }
  return append(context, batch, { open, columns, definition, exists });
}

interface Work {
  readonly open: readonly OpenFlow[];
  readonly columns: readonly TableColumn[];
  readonly definition: string;
  readonly exists: boolean;
}

async function append(context: UpdateContext, batch: Batch, work: Work): Promise<DatasetOutcome> {
  const { location } = batch.folder;
  const plans = work.open.map(({ plan }) => plan);
  announceFiles(context, batch, plans);
  const intent = await batch.intend(batch.after(plans, work), plans, location);
  const done: FlowOutcome[] = [];
  for (const each of work.open) {
    if (each.plan.hasNews || !work.exists || batch.isRefresh) done.push(await stageFlow(context, batch, each, work.columns));
  }
  const rows = {
    rowsWritten: done.reduce((sum, { staged }) => sum + staged.rows, 0),
    rowsDropped: done.reduce((sum, { dropped }) => sum + dropped, 0),
  };
  const replaced =
    rows.rowsWritten > 0 || !work.exists || batch.isRefresh ? await commit(batch, done, work, rows.rowsWritten) : [];
  await batch.finish(intent);
  if (batch.isRefresh) removeOtherKinds(batch);
  deleteFiles(replaced);
  for (const each of done) announceFlow(context, batch, each);
  return report(context, batch, latestVersion(location), rows);
}

/** What came of one flow. */
export interface FlowOutcome extends Judged {
  readonly flow: string;
  readonly views: readonly ViewCounts[];
  /** Whose rows it read, where the table tells. */
  readonly runs?: readonly RunRows[];
  readonly durationMs: number;
}

async function commit(batch: Batch, done: readonly FlowOutcome[], { columns }: Work, rows: number): Promise<readonly string[]> {
  const { location } = batch.folder;
  const mode = batch.isRefresh && latestVersion(location) >= 0 ? 'overwrite' : 'append';
  const staged = done.map((each) => each.staged);
  return (await batch.commit(location, staged, { mode, columns, metrics: { numOutputRows: rows } })).replaced;
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
  const staged = await batch.stage(projectTo(columns, shaped), `flow-${ordinal}`);
  // Before anything is dropped: what was read, not what was kept.
  const runs = plan.discovered.length > 0 ? await runsOf(context, staged, columns) : [];
  const judged = await judge(context, batch, staged, { dataset: batch.dataset, columns, flow, ordinal });
  return { ...judged, views, flow, runs, durationMs: Date.now() - began };
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
  { flow, staged, dropped, counts, views, runs = [], durationMs }: FlowOutcome,
): void {
  const { name: dataset } = batch;
  if (runs.length > 0) context.events.add({ type: 'runs_read', dataset, flow, runs });
  context.events.add({ type: 'flow_progress', dataset, flow, rowsWritten: staged.rows, rowsDropped: dropped, durationMs });
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
  return createHash('sha256')
    .update(JSON.stringify([plans.map((plan) => [plan.flow.name, plan.definition]), columns, expectations]))
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
