import { LakewrightError } from '@lakewright/config';
import type { QueryResult } from '@lakewright/lakeflow/engine';
import type { LocalContext } from '../context';
import { type AlertSource, alerts, type DeployedAlert, OPERATORS } from '../workspace/alerts';
import { query as queryAs } from './lake';

/** How a deployed alert stands now. */
export interface AlertState {
  readonly alert: string;
  /** TRIGGERED when the condition holds, ERROR when the query failed. */
  readonly state: 'OK' | 'TRIGGERED' | 'UNKNOWN' | 'ERROR';
  /** `max(dropped_percent) > 10` */
  readonly condition: string;
  /** What was compared; null where the query gave nothing. */
  readonly value: number | string | boolean | null;
  /** What the query failed with. */
  readonly error?: string;
}

/**
 * Evaluates the deployed alerts, as Databricks does: the query as the principal that the alert runs as, an aggregation around it, a
 * comparison ("Databricks SQL alerts", docs.databricks.com).
 *
 * @param catalog only those whose queries name this catalog
 */
export async function alertStates(context: LocalContext, catalog?: string): Promise<AlertState[]> {
  const registry = alerts(context.paths);
  const deployed = registry.keys().flatMap((key) => registry.get(key) ?? []);
  const asked = deployed.filter(({ query }) => catalog === undefined || query.includes(`${catalog}.`));
  const states: AlertState[] = [];
  for (const alert of asked) {
    const as = alert.runAs === undefined ? {} : { principal: alert.runAs };
    states.push(await stateOf(alert, (sql) => queryAs(context, sql, as)));
  }
  return states;
}

/** @param ask answers one query */
export async function stateOf(alert: DeployedAlert, ask: (sql: string) => Promise<QueryResult>): Promise<AlertState> {
  const { name, query, source, operator, threshold, whenEmpty } = alert;
  const condition = `${describe(source)} ${OPERATORS[operator]} ${threshold}`;
  try {
    const { rows } = await ask(`SELECT ${selected(source)} AS value\nFROM (\n${query}\n)`);
    const value = plain(rows[0]?.value);
    if (value === null) return { alert: name, state: whenEmpty, condition, value };
    return { alert: name, state: holds(value, operator, threshold) ? 'TRIGGERED' : 'OK', condition, value };
  } catch (error) {
    if (!(error instanceof LakewrightError)) throw error;
    const [message = ''] = error.message.split('\n');
    return { alert: name, state: 'ERROR', condition, value: null, error: message };
  }
}

function selected({ column, aggregation }: AlertSource): string {
  if (aggregation === undefined) return `\`${column}\``;
  return aggregation === 'COUNT_DISTINCT' ? `COUNT(DISTINCT \`${column}\`)` : `${aggregation}(\`${column}\`)`;
}

function describe({ column, aggregation }: AlertSource): string {
  return aggregation === undefined ? column : `${aggregation.toLowerCase()}(${column})`;
}

/** Numbers of every SQL type as numbers: BIGINT comes as a bigint, DECIMAL as a text. */
function plain(value: unknown): AlertState['value'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  const text = String(value);
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function holds(value: number | string | boolean, operator: DeployedAlert['operator'], threshold: DeployedAlert['threshold']) {
  switch (operator) {
    case 'GREATER_THAN':
      return value > threshold;
    case 'GREATER_THAN_OR_EQUAL':
      return value >= threshold;
    case 'LESS_THAN':
      return value < threshold;
    case 'LESS_THAN_OR_EQUAL':
      return value <= threshold;
    case 'EQUAL':
      return value === threshold;
    case 'NOT_EQUAL':
      return value !== threshold;
  }
}
