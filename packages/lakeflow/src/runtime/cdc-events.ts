import { LakewrightError } from '@lakewright/config';
import { type CdcPlan, planCdc, shareTarget } from '../cdc/cdc-plan';
import { HIDDEN } from '../cdc/hidden-columns';
import { eventsQuery, validationQuery } from '../cdc/scd-statements';
import { prepareExpression } from '../dialect';
import { type Column, deltaAddress } from '../engine';
import { quoteName } from '../engine/spark-type';
import { METADATA_TYPE } from '../source/typed-columns';
import { type AutoCdc, type CdcFlow, type Dataset, type Expectation, expectationHolds, type SqlFragment } from '../sql';
import type { Batch } from './batch';
import type { ExpectationCount } from './event-log';
import { judge } from './expectations';
import type { FlowPlan } from './flow-plan';
import type { UpdateContext } from './update-context';

/** A flow of changes whose source is before the engine. */
export interface OpenChanges {
  readonly plan: FlowPlan;
  readonly ordinal: number;
  readonly cdc: CdcPlan;
  /** Events as SQL for FROM. */
  readonly source: string;
}

/** The new events of a flow. */
export interface Events {
  /** SQL for FROM. */
  readonly sql: string;
  readonly count: number;
  readonly truncates: number;
  /** What expectations dropped and counted. */
  readonly dropped: number;
  readonly expectations: readonly ExpectationCount[];
}

/** Brings the sources of a target's flows before the engine, but for those that ran once. */
export async function openChanges(
  context: UpdateContext,
  batch: Batch,
  plans: readonly FlowPlan[],
): Promise<readonly OpenChanges[]> {
  const opened: (Omit<OpenChanges, 'cdc'> & { flow: CdcFlow; columns: readonly Column[]; sequenceType: string })[] = [];
  for (const [ordinal, plan] of plans.entries()) {
    if (plan.isDone) continue;
    const written = plan.flow as CdcFlow;
    const source = `${await plan.open(batch.names(ordinal))} AS ${quoteName(sourceName(written))}`;
    const flow = await prepareFlow(context, written, source);
    const columns = (await context.engine.describe(`SELECT * FROM ${source}`)).filter((column) => !isFileMetadata(column));
    opened.push({ plan, ordinal, source, flow, columns, sequenceType: await describeSequence(context, flow, source) });
  }
  const sharedSequence = widestInteger(opened.map(({ sequenceType }) => sequenceType));
  const open = opened.map(({ plan, ordinal, source, flow, columns, sequenceType }): OpenChanges => {
    const given = { columns, sequenceType, ...(sharedSequence && { sharedSequence }) };
    const cdc = planCdc(flow.cdc, flow.location, given, batch.dataset.statement.columns);
    return { plan, ordinal, source, cdc: { ...cdc, sequenceText: (plan.flow as CdcFlow).cdc.sequenceBy.text } };
  });
  const shared = shareTarget(
    open.map(({ cdc }) => cdc),
    doneFlows(plans),
  );
  const together = open.map((each, index) => ({ ...each, cdc: shared[index]! }));
  validateSameColumns(batch, together);
  return together;
}

/** The flow with its expressions in words that make the engine give Spark's answer. */
export async function prepareFlow({ engine }: UpdateContext, flow: CdcFlow, source: string): Promise<CdcFlow> {
  const { sequenceBy, applyAsDeleteWhen, applyAsTruncateWhen } = flow.cdc;
  const fit = async (fragment: SqlFragment) => ({
    ...fragment,
    text: await prepareExpression(engine, fragment, source, sourceName(flow)),
  });
  const conditions = {
    ...(applyAsDeleteWhen && { applyAsDeleteWhen: await fit(applyAsDeleteWhen) }),
    ...(applyAsTruncateWhen && { applyAsTruncateWhen: await fit(applyAsTruncateWhen) }),
  };
  return { ...flow, cdc: { ...flow.cdc, sequenceBy: await fit(sequenceBy), ...conditions } };
}

/** Sequences of several flows may be whole numbers of several sizes: a backfill often says SEQUENCE BY 0. */
function widestInteger(types: readonly string[]): string | undefined {
  const sizes = ['tinyint', 'smallint', 'int', 'bigint'];
  return types.every((type) => sizes.includes(type)) ? sizes.findLast((size) => types.includes(size)) : undefined;
}

/** Flows that ran once and are not read any more. */
export function doneFlows(plans: readonly FlowPlan[]): readonly AutoCdc[] {
  return plans.filter((plan) => plan.isDone).map((plan) => (plan.flow as CdcFlow).cdc);
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

function validateSameColumns(batch: Batch, open: readonly OpenChanges[]): void {
  const [first, ...others] = open.map(({ cdc }) =>
    JSON.stringify([cdc.columns.map(({ name, type }) => [name, type]), cdc.sequence.type, cdc.tracked]),
  );
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

/**
 * The new events of a flow, held against the expectations of the target. What would have to be computed is written down first, since the
 * statements read it several times.
 *
 * @throws LakewrightError LAKEFLOW_CDC_NULL, LAKEFLOW_EXPECTATION_FAILED: nothing of the batch is applied
 */
export async function eventsOf(context: UpdateContext, batch: Batch, open: OpenChanges): Promise<Events> {
  const { plan, cdc, source, ordinal } = open;
  const query = eventsQuery(cdc, source);
  const dataset = judgedByEvents(batch.dataset);
  const isJudged = dataset.statement.expectations.length > 0;
  if (plan.readsStoredRows && !isJudged)
    return { sql: `(${query})`, ...(await validateEvents(context, batch, open, `(${query})`)), dropped: 0, expectations: [] };
  const written = await batch.stage(query, `events-${ordinal}`);
  const { staged, dropped, counts } = await judge(context, batch, written, {
    dataset,
    columns: [],
    flow: plan.flow.name,
    ordinal,
  });
  const sql = `delta.\`${deltaAddress(staged.location)}\``;
  return { sql, ...(await validateEvents(context, batch, open, sql)), dropped, expectations: counts };
}

/**
 * Expectations of the target are about the rows that changes bring, NOT NULL columns too: a delete or truncate brings none and always
 * passes, or it would leave behind what it was to take away.
 */
function judgedByEvents(dataset: Dataset): Dataset {
  const { statement } = dataset;
  const notNull = statement.columns
    .filter((column) => column.notNull)
    .map(({ name, location }): Expectation => {
      const condition = { text: `${quoteName(name)} IS NOT NULL`, location };
      return { name: `${name} NOT NULL`, condition, action: 'fail', location };
    });
  const expectations = [...statement.expectations, ...notNull].map((each) => {
    const text = `${HIDDEN.deleted} OR ${expectationHolds(each)}`;
    return { ...each, condition: { ...each.condition, text } };
  });
  return { ...dataset, statement: { ...statement, expectations } };
}

/** The number of events, and of truncates among them. @throws LakewrightError LAKEFLOW_CDC_NULL: nothing of the batch is applied */
async function validateEvents(
  context: UpdateContext,
  batch: Batch,
  { cdc, plan }: OpenChanges,
  events: string,
): Promise<{ readonly count: number; readonly truncates: number }> {
  const [row] = (await context.engine.sql(validationQuery(cdc, events))).rows;
  const [sequences, keys] = [Number(row?.['null_sequences'] ?? 0), Number(row?.['null_keys'] ?? 0)];
  if (sequences === 0 && keys === 0) return { count: Number(row?.['events']), truncates: Number(row?.['truncates'] ?? 0) };
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
