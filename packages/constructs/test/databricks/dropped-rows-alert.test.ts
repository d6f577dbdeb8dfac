import { DroppedRowsAlert, type DroppedRowsAlertProps, type LakewrightStack } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { folderOf, pipelineOf, warehouseOf } from './lake';

function alertOf(scope: LakewrightStack, props: Partial<DroppedRowsAlertProps> = {}, eventLogTable?: string): DroppedRowsAlert {
  const folder = folderOf(scope);
  return new DroppedRowsAlert(scope, 'dropped', {
    alertName: 'homes dropped rows',
    pipeline: pipelineOf(scope, { folder, eventLogTable }),
    percent: 10,
    warehouse: warehouseOf(scope),
    folder,
    runAs: scope.environment.principals.pipeline_sp,
    runbook: 'dropped-rows',
    ...props,
  });
}

test('asks the published event log for the share of the latest rows of each table that was dropped', () => {
  const stack = synthesized((scope) => alertOf(scope, {}, 'event_log_homes'));
  expect(stack.one('databricks_alert_v2')).toMatchObject({
    display_name: 'homes dropped rows',
    custom_description:
      'More than 10 % of the latest rows of a table of homes were dropped. Runbook: docs/runbooks/dropped-rows.md',
    query_text: expect.stringContaining('FROM homes_dev.bronze.event_log_homes'),
    evaluation: {
      source: { name: 'dropped_percent', aggregation: 'MAX' },
      comparison_operator: 'GREATER_THAN',
      threshold: { value: { double_value: 10 } },
      empty_result_state: 'OK',
    },
  });
});

test.each<[string, Partial<DroppedRowsAlertProps>, string | undefined, string, string]>([
  ['a pipeline that keeps its event log', {}, undefined, 'CONSTRUCT_ALERT_EVENT_LOG', 'homes must publish'],
  ['a share that nothing exceeds', { percent: 100 }, 'log', 'CONSTRUCT_ALERT_PERCENT', '(got 100)'],
  [
    'a group, which can run nothing',
    { runAs: testEnvironment().principals.data_engineers },
    'log',
    'CONSTRUCT_ALERT_RUN_AS',
    'data_engineers',
  ],
])('refused: %s', (_, props, log, code, message) => {
  const error = refused((scope) => alertOf(scope, props, log));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
});
