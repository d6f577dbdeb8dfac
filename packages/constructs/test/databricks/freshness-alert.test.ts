import { AlertDestination, FreshnessAlert, type FreshnessAlertProps, type LakewrightStack } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { folderOf, warehouseOf } from './lake';

function alertOf(scope: LakewrightStack, props: Partial<FreshnessAlertProps> = {}): FreshnessAlert {
  return new FreshnessAlert(scope, 'freshness', {
    alertName: 'homes freshness',
    table: 'homes_dev.gold.freshness',
    warehouse: warehouseOf(scope),
    folder: folderOf(scope),
    runAs: scope.environment.principals.pipeline_sp,
    runbook: 'freshness',
    ...props,
  });
}

test('rings over the objective of the environment, and for a table that was never loaded', () => {
  const stack = synthesized((scope) => alertOf(scope), testEnvironment({ slo: { freshnessMinutes: 90 } }));
  const alert = stack.one('databricks_alert_v2');
  expect(alert).toMatchObject({
    display_name: 'homes freshness',
    parent_path: '/homes',
    warehouse_id: expect.stringContaining('databricks_sql_endpoint.'),
    custom_description:
      'The latest load of homes_dev.gold.freshness is older than 90 minutes. Runbook: docs/runbooks/freshness.md',
    evaluation: {
      source: { name: 'minutes_since_load', aggregation: 'MAX' },
      comparison_operator: 'GREATER_THAN',
      threshold: { value: { double_value: 90 } },
      empty_result_state: 'TRIGGERED',
      notification: { notify_on_ok: true },
    },
    schedule: { quartz_cron_schedule: '0 0/5 * * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
    run_as: { service_principal_name: '00000000-0000-4000-8000-00000000000a' },
  });
  expect(alert.query_text).toMatch(
    /coalesce\(.*max\(latest_load_at\).*, 999999\) AS minutes_since_load\nFROM homes_dev\.gold\.freshness$/,
  );
  expect(JSON.stringify(alert)).not.toContain('subscriptions');
});

test('everything set', () => {
  const stack = synthesized((scope) => {
    const destination = new AlertDestination(scope, 'alarms', { destinationName: 'alarms', emails: ['ops@example.com'] });
    alertOf(scope, { destination, column: 'loaded_at' });
  });
  const { evaluation, query_text } = stack.one('databricks_alert_v2') as {
    evaluation: { notification: { subscriptions: unknown } };
    query_text: string;
  };
  expect(evaluation.notification.subscriptions).toEqual([
    { destination_id: expect.stringMatching(/^\$\{databricks_notification_destination\..*\.id\}$/) },
  ]);
  expect(query_text).toContain('max(loaded_at)');
});

test('asks nothing where no schedule runs', () => {
  const environment = testEnvironment({
    schedules: { enabled: false, pipelines: '0 0/5 * * * ?', stateMachines: { enabled: false, expression: 'rate(1 hour)' } },
  });
  expect(synthesized((scope) => alertOf(scope), environment).one('databricks_alert_v2').schedule).toMatchObject({
    pause_status: 'PAUSED',
  });
});

test.each<[string, Partial<FreshnessAlertProps>, string, string]>([
  ['a table without its catalog', { table: 'gold.freshness' }, 'CONSTRUCT_FRESHNESS_TABLE', '"gold.freshness"'],
  ['a column that is an expression', { column: 'now()' }, 'CONSTRUCT_FRESHNESS_COLUMN', '"now()"'],
  ['no page', { runbook: 'none' }, 'CONSTRUCT_RUNBOOK', 'docs/runbooks/none.md'],
  [
    'a group, which can run nothing',
    { runAs: testEnvironment().principals.data_engineers },
    'CONSTRUCT_ALERT_RUN_AS',
    'data_engineers',
  ],
])('refused: %s', (_, props, code, message) => {
  const error = refused((scope) => alertOf(scope, props));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
});
