import { LakewrightError } from '@lakewright/config';
import type { Staged } from '../delta/commit';
import type { TableColumn } from '../delta/schema';
import { prepareExpectation } from '../dialect';
import { deltaAddress } from '../engine';
import { quoteName } from '../engine/spark-type';
import type { Dataset } from '../sql';
import type { Batch } from './batch';
import type { ExpectationCount } from './event-log';
import type { UpdateContext } from './update-context';

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

/**
 * Holds a staged batch against the table's expectations and NOT NULL columns. A row violates an expectation when the condition is
 * not true, so also when it is NULL ("Manage data quality with pipeline expectations", docs.databricks.com; src/sql/README.md).
 *
 * @throws LakewrightError LAKEFLOW_EXPECTATION_FAILED, LAKEFLOW_NOT_NULL with some of the rows; nothing of the batch is applied
 */
export async function judge(
  context: UpdateContext,
  batch: Batch,
  staged: Staged,
  table: { readonly dataset: Dataset; readonly columns: readonly TableColumn[]; readonly flow: string; readonly ordinal: number },
): Promise<Judged> {
  const rows = `delta.\`${deltaAddress(staged.location)}\``;
  const rules = await rulesOf(context, table.dataset, table.columns, rows);
  if (rules.length === 0) return { staged, dropped: 0, counts: [] };
  const counts = await count(context, rules, rows, staged.rows);
  const expectations = counts.filter((_, index) => !rules[index]?.notNull);
  const failed = counts.findIndex((each) => each.action === 'fail' && each.failed > 0);
  if (failed >= 0) {
    context.events.add({ type: 'expectations', dataset: batch.name, flow: table.flow, expectations });
    throw await failure(context, batch, rules[failed]!, counts[failed]!, rows);
  }
  const dropping = rules.filter(({ action }, index) => action === 'drop' && (counts[index]?.failed ?? 0) > 0);
  if (dropping.length === 0) return { staged, dropped: 0, counts: expectations };
  const kept = await batch.stage(
    `SELECT * FROM ${rows} WHERE ${dropping.map(({ holds }) => holds).join(' AND ')}`,
    `kept-${table.ordinal}`,
  );
  return { staged: kept, dropped: staged.rows - kept.rows, counts: expectations };
}

async function rulesOf(
  context: UpdateContext,
  dataset: Dataset,
  columns: readonly TableColumn[],
  rows: string,
): Promise<readonly Rule[]> {
  const declared: Rule[] = [];
  for (const expectation of dataset.statement.expectations) {
    const holds = await prepareExpectation(context.engine, expectation, rows);
    declared.push({ name: expectation.name, action: expectation.action, holds, notNull: false });
  }
  const notNull = columns
    .filter((column) => column.notNull)
    .map(({ name }) => ({ name, action: 'fail' as const, holds: `(${quoteName(name)} IS NOT NULL)`, notNull: true }));
  return [...declared, ...notNull];
}

async function count(
  context: UpdateContext,
  rules: readonly Rule[],
  rows: string,
  total: number,
): Promise<readonly ExpectationCount[]> {
  const list = rules.map(({ holds }, index) => `count_if(NOT ${holds}) AS e${index}`).join(', ');
  const [row] = (await context.engine.sql(`SELECT ${list} FROM ${rows}`)).rows;
  return rules.map(({ name, action }, index) => {
    const failed = Number(row?.[`e${index}`] ?? 0);
    return { name, action, passed: total - failed, failed };
  });
}

async function failure(
  context: UpdateContext,
  batch: Batch,
  rule: Rule,
  violated: ExpectationCount,
  rows: string,
): Promise<LakewrightError> {
  const sample = await context.engine.sql(`SELECT * FROM ${rows} WHERE NOT ${rule.holds} LIMIT 3`);
  const shown = sample.rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
  const what = rule.notNull ? `the column ${rule.name}, which is NOT NULL, is null` : `the expectation ${rule.name} is violated`;
  const { expectations, location } = batch.dataset.statement;
  return new LakewrightError(
    rule.notNull ? 'LAKEFLOW_NOT_NULL' : 'LAKEFLOW_EXPECTATION_FAILED',
    `${batch.name}: ${what} in ${violated.failed} of ${violated.passed + violated.failed} new rows; the table stays as it was. ` +
      `Such rows: ${shown.join(' ')}`,
    {
      location: expectations.find(({ name }) => name === rule.name)?.location ?? location,
      hint: rule.notNull
        ? 'mend the rows at their source, or drop NOT NULL'
        : 'mend the rows at their source, or let the expectation drop them',
    },
  );
}
