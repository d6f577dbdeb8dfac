import { LakewrightError } from '@lakewright/config';
import type { Staged } from '../delta/commit';
import type { TableColumn } from '../delta/schema';
import { prepareExpectation } from '../dialect';
import { deltaAddress } from '../engine';
import { quoteName } from '../engine/spark-type';
import type { Dataset } from '../sql';
import type { Batch } from './batch';
import type { ExpectationCount } from './event-log';
import type { FlowPlan } from './flow-plan';
import { isRepeatable } from './repeatable';
import { displayName, type UpdateContext } from './update-context';

/** A staged batch after its expectations: rows to drop are gone from it. */
export interface Judged {
  readonly staged: Staged;
  readonly dropped: number;
  readonly counts: readonly ExpectationCount[];
}

interface Rule {
  readonly name: string;
  readonly action: 'warn' | 'drop' | 'fail';
  /** True for rows that are good; never NULL. */
  readonly holds: string;
  readonly notNull: boolean;
}

/** How the rows of a temporary view met its expectations. */
export interface ViewCounts {
  readonly view: string;
  readonly counts: readonly ExpectationCount[];
}

/** The table whose rows are judged. */
interface JudgedTable {
  readonly dataset: Dataset;
  readonly columns: readonly TableColumn[];
  readonly flow: string;
  readonly ordinal: number;
}

/**
 * Stages the rows of a query without those that an expectation drops. Where the query goes row by row it is asked twice, first for the
 * counts and then for the rows to keep: that costs less than to write all rows and then most of them again.
 *
 * @param look called with all rows before any is dropped; they are staged for it
 * @throws LakewrightError as `judge` does
 */
export async function stageJudged(
  context: UpdateContext,
  batch: Batch,
  query: string,
  table: JudgedTable,
  look?: (staged: Staged) => Promise<unknown>,
): Promise<Judged> {
  const name = `flow-${table.ordinal}`;
  const drops = table.dataset.statement.expectations.some(({ action }) => action === 'drop');
  if (look || !drops || !isRepeatable(query)) {
    const staged = await batch.stage(query, name);
    await look?.(staged);
    return judge(context, batch, staged, table);
  }
  const rows = `(${query})`;
  const { condition, counts, read } = await hold(context, batch, rows, table);
  const staged = await batch.stage(condition === undefined ? query : rowsWhere(rows, condition), name);
  return { staged, dropped: read - staged.rows, counts };
}

/**
 * Holds a staged batch against the table's expectations and NOT NULL columns. A row violates an expectation when the condition is
 * not true, so also when it is NULL (`expectationHolds` in src/sql says why).
 *
 * @throws LakewrightError LAKEFLOW_EXPECTATION_FAILED, LAKEFLOW_NOT_NULL with some of the rows; nothing of the batch is applied
 */
export async function judge(context: UpdateContext, batch: Batch, staged: Staged, table: JudgedTable): Promise<Judged> {
  const rows = `delta.\`${deltaAddress(staged.location)}\``;
  const { condition, counts } = await hold(context, batch, rows, table);
  if (condition === undefined) return { staged, dropped: 0, counts };
  const kept = await batch.stage(rowsWhere(rows, condition), `kept-${table.ordinal}`);
  return { staged: kept, dropped: staged.rows - kept.rows, counts };
}

/**
 * Counts how rows meet the rules of a table.
 *
 * @param rows SQL that may stand in FROM
 * @returns the number of rows, the counts of its expectations, and the condition for a row to stay where some must go
 * @throws LakewrightError LAKEFLOW_EXPECTATION_FAILED, LAKEFLOW_NOT_NULL
 */
async function hold(
  context: UpdateContext,
  batch: Batch,
  rows: string,
  { dataset, columns, flow }: JudgedTable,
): Promise<{ readonly read: number; readonly counts: readonly ExpectationCount[]; readonly condition?: string }> {
  const rules = [...(await declaredRules(context, dataset, rows)), ...notNullRules(columns)];
  if (rules.length === 0) return { read: 0, counts: [] };
  const counts = await countAndFail(context, batch, rules, { dataset, flow, rows });
  const dropping = rules.filter(({ action }, index) => action === 'drop' && (counts[index]?.failed ?? 0) > 0);
  return {
    read: counts[0]!.passed + counts[0]!.failed,
    counts: counts.filter((_, index) => !rules[index]?.notNull),
    ...(dropping.length > 0 && { condition: dropping.map(({ holds }) => holds).join(' AND ') }),
  };
}

/**
 * Holds the rows of the temporary views that a flow reads against their expectations; what they drop is left out by the flow's
 * query itself. A view is not stored, so it is computed once more for this, by each flow that reads it.
 *
 * @throws LakewrightError LAKEFLOW_EXPECTATION_FAILED; nothing of the batch is applied
 */
export async function judgeViews(context: UpdateContext, batch: Batch, plan: FlowPlan): Promise<readonly ViewCounts[]> {
  const views: ViewCounts[] = [];
  for (const { view, query } of plan.guardedViews) {
    const rows = `(${query})`;
    const rules = await declaredRules(context, view, rows);
    const counts = await countAndFail(context, batch, rules, { dataset: view, flow: plan.flow.name, rows });
    views.push({ view: displayName(view), counts });
  }
  return views;
}

/** The rows that rules are about. */
interface Site {
  readonly dataset: Dataset;
  readonly flow: string;
  /** SQL that may stand in FROM. */
  readonly rows: string;
}

async function countAndFail(
  context: UpdateContext,
  batch: Batch,
  rules: readonly Rule[],
  site: Site,
): Promise<readonly ExpectationCount[]> {
  const counts = await count(context, rules, site.rows);
  const failed = counts.findIndex((each) => each.action === 'fail' && each.failed > 0);
  if (failed < 0) return counts;
  const expectations = counts.filter((_, index) => !rules[index]?.notNull);
  if (expectations.length > 0)
    context.events.add({ type: 'expectations', dataset: displayName(site.dataset), flow: site.flow, expectations });
  throw await failure(context, batch, { rule: rules[failed]!, violated: counts[failed]!, site });
}

/** The expectations of a dataset in words that make the engine give Spark's answer over these rows. */
async function declaredRules(context: UpdateContext, { statement }: Dataset, rows: string): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const expectation of statement.expectations) {
    const holds = await prepareExpectation(context.engine, expectation, rows);
    rules.push({ name: expectation.name, action: expectation.action, holds, notNull: false });
  }
  return rules;
}

function notNullRules(columns: readonly TableColumn[]): readonly Rule[] {
  return columns
    .filter((column) => column.notNull)
    .map(({ name }) => ({ name, action: 'fail', holds: `(${quoteName(name)} IS NOT NULL)`, notNull: true }));
}

async function count(context: UpdateContext, rules: readonly Rule[], rows: string): Promise<readonly ExpectationCount[]> {
  const list = rules.map(({ holds }, index) => `count_if(NOT ${holds}) AS e${index}`).join(', ');
  const [row] = (await context.engine.sql(`SELECT count(*) AS n, ${list} FROM ${rows}`)).rows;
  return rules.map(({ name, action }, index) => {
    const failed = Number(row?.[`e${index}`] ?? 0);
    return { name, action, passed: Number(row?.['n'] ?? 0) - failed, failed };
  });
}

interface Violation {
  readonly rule: Rule;
  readonly violated: ExpectationCount;
  readonly site: Site;
}

async function failure(context: UpdateContext, batch: Batch, { rule, violated, site }: Violation): Promise<LakewrightError> {
  const sample = await context.engine.sql(`${rowsWhere(site.rows, `NOT ${rule.holds}`)} LIMIT ${SAMPLE_ROWS}`);
  const name = displayName(site.dataset);
  const what = rule.notNull ? `the column ${rule.name}, which is NOT NULL, is null` : `the expectation ${rule.name} is violated`;
  const stays = name === batch.name ? 'the table stays as it was' : `${batch.name}, which reads it, stays as it was`;
  const { expectations, location } = site.dataset.statement;
  return new LakewrightError(
    rule.notNull ? 'LAKEFLOW_NOT_NULL' : 'LAKEFLOW_EXPECTATION_FAILED',
    `${name}: ${what} in ${violated.failed} of ${violated.passed + violated.failed} new rows; ${stays}. ` +
      `Such rows: ${sample.rows.map(shown).join(' ')}`,
    {
      location: expectations.find((each) => each.name === rule.name)?.location ?? location,
      hint: rule.notNull
        ? 'mend the rows at their source, or drop NOT NULL'
        : 'mend the rows at their source, or let the expectation drop them',
    },
  );
}

/**
 * The rows for which a condition holds. Sail fails on a lambda in a condition that it pushes into the scan of a Delta table, and pushes
 * none through a LIMIT.
 */
function rowsWhere(rows: string, condition: string): string {
  const source = condition.includes('->') ? `(SELECT * FROM ${rows} LIMIT ${Number.MAX_SAFE_INTEGER})` : rows;
  return `SELECT * FROM ${source} WHERE ${condition}`;
}

const SAMPLE_ROWS = 3;
const LONGEST_SAMPLE = 500;

/** A row as JSON, cut where it is long. */
function shown(row: Record<string, unknown>): string {
  const text = JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    return value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : value;
  });
  return text.length <= LONGEST_SAMPLE ? text : `${text.slice(0, LONGEST_SAMPLE)}...`;
}
