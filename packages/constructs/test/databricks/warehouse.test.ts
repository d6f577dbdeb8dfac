import type { WarehouseProps } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { warehouseOf } from './lake';

test('serverless, of the size of the environment, stops when nobody asks', () => {
  expect(synthesized((scope) => warehouseOf(scope)).one('databricks_sql_endpoint')).toMatchObject({
    name: 'questions',
    cluster_size: 'X-Small',
    warehouse_type: 'PRO',
    enable_serverless_compute: true,
    auto_stop_mins: 10,
    min_num_clusters: 1,
    max_num_clusters: 1,
    tags: { custom_tags: expect.arrayContaining([{ key: 'environment', value: 'dev' }]) },
  });
});

test('everything set', () => {
  const { analysts } = testEnvironment().principals;
  const permissions = [{ principal: analysts, level: 'CAN_USE' }] as const;
  const stack = synthesized((scope) => warehouseOf(scope, { autoStopMinutes: 5, maxClusters: 3, permissions }));
  expect(stack.one('databricks_sql_endpoint')).toMatchObject({ auto_stop_mins: 5, max_num_clusters: 3 });
  expect(stack.one('databricks_permissions').sql_endpoint_id).toEqual(expect.stringContaining('databricks_sql_endpoint.'));
});

test.each<[Partial<WarehouseProps>, string, string]>([
  [{ autoStopMinutes: 0 }, 'CONSTRUCT_WAREHOUSE_STOP', '(got 0)'],
  [{ maxClusters: 31 }, 'CONSTRUCT_WAREHOUSE_CLUSTERS', '(got 31)'],
])('refused: %j', (props, code, message) => {
  const error = refused((scope) => warehouseOf(scope, props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
});
