import { existsSync, rmSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import { type CdcPlan, hiddenTypes, planCdc, shareTarget } from '../cdc/cdc-plan';
import {
  backingColumns,
  eventsQuery,
  initialQuery,
  publicQuery,
  tiesQuery,
  touchedQuery,
  truncatedQuery,
  untouchedQuery,
  validationQuery,
} from '../cdc/scd-statements';
import type { Staged } from '../delta/commit';
import { deleteFiles, filesRemovedBy, latestVersion } from '../delta/log';
import type { TableColumn } from '../delta/schema';
import { prepareExpression } from '../dialect';
import { readIfThere, writeDurably } from '../durable-file';
import { type Column, deltaAddress } from '../engine';
import { quoteName } from '../engine/spark-type';
import { METADATA_TYPE } from '../source/typed-columns';
import type { CdcFlow, Dataset, SqlFragment } from '../sql';
import { Batch } from './batch';
import type { Checkpoint } from './checkpoint';
import { judgeViews } from './expectations';
import type { FlowPlan } from './flow-plan';
import { tableExists } from './ownership';
import { relativeToLake } from './pipeline-folder';
import { announceFiles, announceViews, fingerprint, planFlows, report } from './streaming-table';
import { checkUnchanged } from './table-columns';
import type { UpdateContext } from './update-context';
import type { DatasetOutcome } from './update-result';

/** A flow of changes whose source is before the engine. */
interface OpenChanges {
  readonly plan: FlowPlan;
  readonly ordinal: number;
  readonly cdc: CdcPlan;
  /** Events as SQL for FROM. */
  readonly source: string;
}

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
  if (began) {
    validateShape(batch, shape);
    checkUnchanged(dataset, batch.before.columns, columns);
  }
  announceFiles(context, batch, plans);
  const intent = await batch.intend(batch.after(plans, { definition, columns, shape }), plans, backing);
  const applying = Date.now();
  const views = await Promise.all(plans.map((plan) => judgeViews(context, batch, plan)));
  const rowsWritten = await apply(context, batch, open, { backing, columns });
  const durationMs = Date.now() - applying;
  await batch.point('after-apply');
  await writeView(context, batch, open[0]!.cdc, intent.next);
  await batch.finish(intent);
  cleanUp(batch, backing);
  for (const { plan } of open) {
    const { name: dataset } = batch;
    context.events.add({ type: 'flow_progress', dataset, flow: plan.flow.name, rowsWritten, rowsDropped: 0, durationMs });
    announceViews(context, plan.flow.name, views[plans.indexOf(plan)]!);
  }
  return report(context, batch, latestVersion(backing), { rowsWritten, rowsDropped: 0 });
}

interface Target {
  readonly backing: string;
  readonly columns: readonly TableColumn[];
}

async function apply(
  context: UpdateContext,
  batch: Batch,
  open: readonly OpenChanges[],
  { backing, columns }: Target,
): Promise<number> {
  const cdc = open[0]!.cdc;
  const parts: string[] = [];
  let count = 0;
  let truncates = 0;
  for (const each of open) {
    const events = await eventsOf(batch, each);
    const valid = await validateEvents(context, batch, each, events);
    count += valid.events;
    truncates += valid.truncates;
    parts.push(events);
  }
  const events = parts.length === 1 ? parts[0]! : `(${parts.map((part) => `SELECT * FROM ${part}`).join(' UNION ALL ')})`;
  const exists = latestVersion(backing) >= 0;
  if (exists && count === 0) return 0;
  if (!exists) {
    const query = initialQuery(cdc, events, await hasTies(context, cdc, events));
    return write(batch, { initial: query }, { backing, columns });
  }
  const stored = `delta.\`${deltaAddress(backing)}\``;
  const queries: Readonly<Record<string, string>> =
    truncates > 0
      ? { truncated: truncatedQuery(cdc, stored, events) }
      : { touched: touchedQuery(cdc, stored, events), untouched: untouchedQuery(cdc, stored, events) };
  return write(batch, queries, { backing, columns });
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

/** Events as SQL for FROM; what would have to be computed is written down first, since the statements read it several times. */
async function eventsOf(batch: Batch, { plan, cdc, source, ordinal }: OpenChanges): Promise<string> {
  const query = eventsQuery(cdc, source);
  if (plan.readsStoredRows) return `(${query})`;
  const staged = await batch.stage(query, `events-${ordinal}`);
  return `delta.\`${deltaAddress(staged.location)}\``;
}

async function hasTies(context: UpdateContext, cdc: CdcPlan, events: string): Promise<boolean> {
  if (cdc.scdType === 1) return true;
  const [row] = (await context.engine.sql(tiesQuery(cdc, events))).rows;
  return Number(row?.['ties']) > 0;
}

async function openChanges(context: UpdateContext, batch: Batch, plans: readonly FlowPlan[]): Promise<readonly OpenChanges[]> {
  const open: OpenChanges[] = [];
  for (const [ordinal, plan] of plans.entries()) {
    const written = plan.flow as CdcFlow;
    const source = `${await plan.open(batch.names(ordinal))} AS ${quoteName(sourceName(written))}`;
    const flow = await prepareFlow(context, written, source);
    const columns = (await context.engine.describe(`SELECT * FROM ${source}`)).filter((column) => !isFileMetadata(column));
    const sequence = await describeSequence(context, flow, source);
    open.push({ plan, ordinal, source, cdc: planCdc(flow.cdc, flow.location, columns, sequence) });
  }
  validateSameColumns(batch, open);
  const shared = shareTarget(open.map(({ cdc }) => cdc));
  return open.map((each, index) => ({ ...each, cdc: shared[index]! }));
}

/** The flow with its expressions in words that make the engine give Spark's answer. */
async function prepareFlow({ engine }: UpdateContext, flow: CdcFlow, source: string): Promise<CdcFlow> {
  const { sequenceBy, applyAsDeleteWhen } = flow.cdc;
  const fit = async (fragment: SqlFragment) => ({
    ...fragment,
    text: await prepareExpression(engine, fragment, source, sourceName(flow)),
  });
  const when = applyAsDeleteWhen && { applyAsDeleteWhen: await fit(applyAsDeleteWhen) };
  return { ...flow, cdc: { ...flow.cdc, sequenceBy: await fit(sequenceBy), ...when } };
}

function isFileMetadata({ name, type }: Column): boolean {
  return name === '_metadata' && type === METADATA_TYPE;
}

/** The type of the SEQUENCE BY expression over a source. */
export async function describeSequence(context: UpdateContext, flow: CdcFlow, source: string): Promise<string> {
  const [column] = await context.engine.describe(`SELECT (${flow.cdc.sequenceBy.text}) AS s FROM ${source}`);
  return column?.type ?? 'void';
}

/** What columns of the source may be qualified by. */
export function sourceName(flow: CdcFlow): string {
  const { source } = flow.cdc;
  return source.kind === 'table' ? source.name.parts.at(-1)! : 'source';
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

/** The number of events, and of truncates among them. @throws LakewrightError LAKEFLOW_CDC_NULL: nothing of the batch is applied */
async function validateEvents(
  context: UpdateContext,
  batch: Batch,
  { cdc, plan }: OpenChanges,
  events: string,
): Promise<{ readonly events: number; readonly truncates: number }> {
  const [row] = (await context.engine.sql(validationQuery(cdc, events))).rows;
  const [sequences, keys] = [Number(row?.['null_sequences'] ?? 0), Number(row?.['null_keys'] ?? 0)];
  if (sequences === 0 && keys === 0) return { events: Number(row?.['events']), truncates: Number(row?.['truncates'] ?? 0) };
  const what =
    sequences > 0
      ? `the sequence (${cdc.sequenceSql}) is null in ${sequences}`
      : `a key (${cdc.keys.join(', ')}) is null in ${keys}`;
  throw new LakewrightError(
    'LAKEFLOW_CDC_NULL',
    `${batch.name}: ${what} of ${String(row?.['events'])} new events; nothing of them was applied`,
    {
      location: plan.flow.location,
      hint: 'drop such rows before AUTO CDC: an expectation ON VIOLATION DROP ROW on the table that it reads',
    },
  );
}

function validateSameColumns(batch: Batch, open: readonly OpenChanges[]): void {
  const [first, ...others] = open.map(({ cdc }) => JSON.stringify([cdc.columns, cdc.sequence.type, cdc.tracked]));
  const different = others.findIndex((other) => other !== first);
  if (different < 0) return;
  throw new LakewrightError(
    'LAKEFLOW_CDC_COLUMN',
    `the flows into ${batch.name} do not give the same columns, sequence and history`,
    {
      location: open[different + 1]!.plan.flow.location,
      hint: 'let every flow into one target select the same columns with the same types',
    },
  );
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

/** Flows may come and go; those that stay keep their shape. */
function validateShape(batch: Batch, shape: string): void {
  const [before, now] = [batch.before.shape ?? '[]', shape].map((text) =>
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
