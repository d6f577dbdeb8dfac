import { AlarmTopic, type LakewrightStack, StackKey } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

const topicOf = (scope: LakewrightStack, emails?: readonly string[]) =>
  new AlarmTopic(scope, 'alarms', {
    topicName: 'alarms',
    key: new StackKey(scope, 'key', { description: 'Alarms', alias: 'alarms' }),
    emails,
  });
const alarm = {
  alarmName: 'too slow',
  description: 'Make it faster.',
  runbook: 'queue-age',
  namespace: 'Homes',
  metricName: 'Age',
  dimensions: { Home: 'all' },
  statistic: 'Maximum',
  threshold: 5,
} as const;

test('encrypted, published to by the services of this account, over TLS only', () => {
  const stack = synthesized((scope) => topicOf(scope));
  expect(stack.one('aws_sns_topic').kms_master_key_id).toEqual(expect.stringContaining('aws_kms_key'));
  const [publish, ofDms, insecure] = stack.policy('aws_sns_topic_policy').Statement;
  expect(publish).toMatchObject({
    Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
    Action: ['sns:Publish'],
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  });
  expect(ofDms).toMatchObject({ Principal: { Service: ['dms.amazonaws.com'] }, Action: ['sns:Publish'] });
  expect(insecure).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
  const delivering = stack.policy('aws_kms_key').Statement.flatMap(({ Principal }) => Principal?.Service ?? []);
  expect(delivering).toEqual(['cloudwatch.amazonaws.com', 'budgets.amazonaws.com', 'dms.amazonaws.com']);
  expect(stack.all('aws_sns_topic_subscription')).toEqual([]);
});

test('everybody named is told', () => {
  const stack = synthesized((scope) => topicOf(scope, ['a@example.com', 'b@example.com']));
  expect(stack.all('aws_sns_topic_subscription').map(({ protocol, endpoint }) => [protocol, endpoint])).toEqual([
    ['email', 'a@example.com'],
    ['email', 'b@example.com'],
  ]);
});

test('an alarm rings at its threshold, tells when it is over, and takes silence for health', () => {
  const stack = synthesized((scope) => topicOf(scope).addAlarm(scope, 'slow', { ...alarm, periodSeconds: 60 }));
  const topic = [expect.stringMatching(/^\$\{aws_sns_topic\./)];
  expect(stack.one('aws_cloudwatch_metric_alarm')).toMatchObject({
    alarm_name: 'too slow',
    alarm_description: 'Make it faster. Runbook: docs/runbooks/queue-age.md',
    namespace: 'Homes',
    metric_name: 'Age',
    dimensions: { Home: 'all' },
    statistic: 'Maximum',
    threshold: 5,
    period: 60,
    comparison_operator: 'GreaterThanOrEqualToThreshold',
    treat_missing_data: 'notBreaching',
    alarm_actions: topic,
    ok_actions: topic,
  });
});

test('an alarm rings below its threshold, and after as many periods as it is told', () => {
  const stack = synthesized((scope) => topicOf(scope).addAlarm(scope, 'low', { ...alarm, side: 'below', periods: 3 }));
  expect(stack.one('aws_cloudwatch_metric_alarm')).toMatchObject({
    threshold: 5,
    comparison_operator: 'LessThanOrEqualToThreshold',
    evaluation_periods: 3,
  });
});

test('a period CloudWatch does not keep', () => {
  const error = refused((scope) => topicOf(scope).addAlarm(scope, 'slow', { ...alarm, periodSeconds: 90 }));
  expect(error.code).toBe('CONSTRUCT_ALARM_PERIOD');
  expect(error.message).toContain('(got 90)');
});

test('its page is the one of the branch that the environment is delivered from', () => {
  const delivery = { repository: 'homes/portal', branch: 'release', githubEnvironment: 'production' };
  const stack = synthesized((scope) => topicOf(scope).addAlarm(scope, 'slow', alarm), testEnvironment({ delivery }));
  expect(stack.one('aws_cloudwatch_metric_alarm').alarm_description).toBe(
    'Make it faster. Runbook: https://github.com/homes/portal/blob/release/docs/runbooks/queue-age.md',
  );
});

test('an alarm without a page', () => {
  const error = refused((scope) => topicOf(scope).addAlarm(scope, 'slow', { ...alarm, runbook: 'too-slow' }));
  expect(error.code).toBe('CONSTRUCT_RUNBOOK');
  expect(error.message).toContain('docs/runbooks/too-slow.md');
});
