import { refused, synthesized } from '../synthesized';
import { Replicated } from './replicated';

test('loads and goes on with changes, once somebody starts it', () => {
  const stack = synthesized((scope) => {
    const parts = new Replicated(scope);
    parts.task();
  });
  const task = stack.one('aws_dms_replication_task');
  expect(task).toMatchObject({
    replication_task_id: 'homes',
    resource_identifier: 'homes',
    migration_type: 'full-load-and-cdc',
    start_replication_task: false,
    source_endpoint_arn: expect.stringContaining('aws_dms_endpoint.source'),
    target_endpoint_arn: expect.stringContaining('aws_dms_s3_endpoint.target'),
  });
  expect(JSON.parse(task.table_mappings as string).rules).toHaveLength(1);
  expect(JSON.parse(task.replication_task_settings as string)).toHaveProperty('ErrorBehavior');
});

test('it waits for the ways of its instance through the network', () => {
  const stack = synthesized((scope) => {
    const parts = new Replicated(scope);
    const instance = parts.instance();
    instance.group.allowToGateway(parts.network.s3, 'writes files');
    parts.task({ instance });
  });
  expect(stack.one('aws_dms_replication_task').depends_on).toEqual(
    expect.arrayContaining([
      expect.stringContaining('aws_vpc_security_group_egress_rule.'),
      expect.stringContaining('aws_vpc_endpoint.network_s3'),
    ]),
  );
});

test('alarms: late at either end; and its events, because a task that stopped has no metrics', () => {
  const stack = synthesized((scope) => new Replicated(scope).task({ maxLatencySeconds: 60 }));
  const late = stack.all('aws_cloudwatch_metric_alarm').filter(({ metric_name }) => String(metric_name).startsWith('CDCLatency'));
  expect(late.map(({ metric_name, threshold, dimensions }) => [metric_name, threshold, dimensions])).toEqual(
    ['CDCLatencySource', 'CDCLatencyTarget'].map((metric) => [
      metric,
      60,
      { ReplicationInstanceIdentifier: 'homes', ReplicationTaskIdentifier: 'homes' },
    ]),
  );
  expect(stack.one('aws_dms_event_subscription')).toMatchObject({
    source_type: 'replication-task',
    source_ids: [expect.stringContaining('aws_dms_replication_task.task')],
    event_categories: ['failure', 'state change'],
    sns_topic_arn: expect.stringContaining('aws_sns_topic.alarms'),
  });
});

test('refused: a name that cannot end an ARN', () => {
  const error = refused((scope) => new Replicated(scope).task({ taskName: 'a-name-of-more-than-thirty-one-characters' }));
  expect(error.code).toBe('CONSTRUCT_DMS_IDENTIFIER');
  expect(error.message).toContain('taskName');
});
