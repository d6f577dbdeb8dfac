import { EngineError, type QueryResult } from '@lakewright/lakeflow/engine';
import { stateOf } from '../src/lake/alert-states';
import type { DeployedAlert } from '../src/workspace/alerts';

const ALERT: DeployedAlert = {
  name: 'dropped rows',
  query: 'SELECT dropped_percent FROM log',
  source: { column: 'dropped_percent', aggregation: 'MAX' },
  operator: 'GREATER_THAN',
  threshold: 10,
  whenEmpty: 'OK',
};
const answering =
  (...values: unknown[]) =>
  async (): Promise<QueryResult> => ({ columns: [], rows: values.map((value) => ({ value })) });

test.each<[unknown, Partial<DeployedAlert>, string]>([
  [10n, {}, 'OK'],
  ['10.01', {}, 'TRIGGERED'],
  [11, {}, 'TRIGGERED'],
  [10, { operator: 'GREATER_THAN_OR_EQUAL' }, 'TRIGGERED'],
  [9, { operator: 'LESS_THAN' }, 'TRIGGERED'],
  [10, { operator: 'LESS_THAN_OR_EQUAL' }, 'TRIGGERED'],
  ['late', { operator: 'EQUAL', threshold: 'late' }, 'TRIGGERED'],
  ['late', { operator: 'NOT_EQUAL', threshold: 'late' }, 'OK'],
  [true, { operator: 'EQUAL', threshold: true }, 'TRIGGERED'],
  [null, { whenEmpty: 'TRIGGERED' }, 'TRIGGERED'],
])('%p with %j: %s', async (value, changes, state) => {
  expect(await stateOf({ ...ALERT, ...changes }, answering(value))).toMatchObject({ alert: 'dropped rows', state });
});

test('a query without rows has the state that the alert says', async () => {
  const alert = { ...ALERT, source: { column: 'x' }, whenEmpty: 'UNKNOWN' as const };
  expect(await stateOf(alert, answering())).toEqual({
    alert: 'dropped rows',
    state: 'UNKNOWN',
    condition: 'x > 10',
    value: null,
  });
});

test('the aggregation goes around the query', async () => {
  const asked: string[] = [];
  const ask = (sql: string) => {
    asked.push(sql);
    return answering(1)();
  };
  await stateOf(ALERT, ask);
  await stateOf({ ...ALERT, source: { column: 'x', aggregation: 'COUNT_DISTINCT' } }, ask);
  expect(asked).toEqual([
    'SELECT MAX(`dropped_percent`) AS value\nFROM (\nSELECT dropped_percent FROM log\n)',
    'SELECT COUNT(DISTINCT `x`) AS value\nFROM (\nSELECT dropped_percent FROM log\n)',
  ]);
});

test('a query that fails is an ERROR with its reason', async () => {
  const ask = async () => {
    throw new EngineError('ENGINE_SQL', 'there is no table log\n  in: SELECT', {});
  };
  expect(await stateOf(ALERT, ask)).toMatchObject({ state: 'ERROR', value: null, error: 'there is no table log' });
});
