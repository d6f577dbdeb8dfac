import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  AlarmTopic,
  bundleLambda,
  type LakewrightStack,
  NodeLambda,
  type NodeLambdaProps,
  SecurityGroup,
  StackKey,
} from '../../src';
import { type Resource, refused, synthesized } from '../synthesized';
import { Replicated } from './replicated';

const entry = 'packages/constructs/test/fixtures/handler.ts';

function lambdaOf(scope: LakewrightStack, props: Partial<NodeLambdaProps> = {}): NodeLambda {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  const alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key });
  return new NodeLambda(scope, 'fn', { functionName: 'homes', description: 'Homes', entry, key, alarms, ...props });
}

test('secure with the least said: its own role, log, dead letters, traces, alarms', () => {
  const stack = synthesized((scope) => lambdaOf(scope));
  const { zipPath } = bundleLambda(entry);
  const fn = stack.one('aws_lambda_function');
  expect(fn).toMatchObject({
    function_name: 'homes',
    runtime: 'nodejs22.x',
    architectures: ['arm64'],
    handler: 'index.handler',
    filename: expect.stringMatching(/^assets\/fn_code_\w+\/\w+\/function\.zip$/),
    source_code_hash: createHash('sha256').update(readFileSync(zipPath)).digest('base64'),
    timeout: 30,
    memory_size: 512,
    kms_key_arn: expect.stringContaining('aws_kms_key'),
    dead_letter_config: { target_arn: expect.stringContaining('aws_sqs_queue.fn_dead_letters') },
    tracing_config: { mode: 'Active' },
    logging_config: { log_format: 'JSON', log_group: expect.stringContaining('aws_cloudwatch_log_group.') },
    depends_on: [expect.stringContaining('aws_iam_role.'), expect.stringContaining('aws_iam_role_policy.')],
  });
  expect(fn).not.toHaveProperty('environment');
  expect(fn).not.toHaveProperty('reserved_concurrent_executions');
  expect(stack.one('aws_cloudwatch_log_group')).toMatchObject({
    name: '/aws/lambda/homes',
    retention_in_days: 7,
    kms_key_id: expect.stringContaining('aws_kms_key'),
  });
  expect(stack.one('aws_sqs_queue')).toMatchObject({
    name: 'homes_dead_letters',
    kms_master_key_id: expect.stringContaining('aws_kms_key'),
  });
});

test('its role may write its log, its traces and its dead letters, and nothing more', () => {
  const stack = synthesized((scope) => lambdaOf(scope));
  const trusted = stack.policy('aws_iam_role', '', 'assume_role_policy').Statement;
  expect(trusted.map(({ Principal }) => Principal)).toEqual([{ Service: ['lambda.amazonaws.com'] }]);
  const statements = stack.policy('aws_iam_role_policy').Statement;
  expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\..*\.arn\}:\*$/)]],
    [['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*'],
    [['sqs:SendMessage'], [expect.stringContaining('aws_sqs_queue.fn_dead_letters')]],
    [['kms:Decrypt', 'kms:GenerateDataKey'], [expect.stringContaining('aws_kms_key.')]],
  ]);
});

test('alarms on errors, on the age of events, on dead letters, all to the one topic', () => {
  const stack = synthesized((scope) => lambdaOf(scope, { maxEventAgeSeconds: 60 }));
  const alarms = stack.all('aws_cloudwatch_metric_alarm');
  expect(alarms.map(({ metric_name, threshold, dimensions }: Resource) => [metric_name, threshold, dimensions]).sort()).toEqual([
    ['ApproximateNumberOfMessagesVisible', 1, { QueueName: 'homes_dead_letters' }],
    ['AsyncEventAge', 60_000, { FunctionName: 'homes' }],
    ['Errors', 1, { FunctionName: 'homes' }],
  ]);
  for (const { alarm_actions } of alarms) expect(alarm_actions).toEqual([expect.stringContaining('aws_sns_topic.')]);
});

test('in a network: in its subnets and a group, which Lambda may arrange with the role and the code may not', () => {
  const stack = synthesized((scope) => {
    const { network, key, alarms } = new Replicated(scope);
    const group = new SecurityGroup(scope, 'group', { groupName: 'fn', description: 'fn', vpc: network.vpc });
    const place = { network, group };
    new NodeLambda(scope, 'fn', { functionName: 'homes', description: '', entry, key, alarms, network: place, trustsRds: true });
  });
  expect(stack.one('aws_lambda_function')).toMatchObject({
    vpc_config: {
      subnet_ids: [expect.stringContaining('private_0'), expect.stringContaining('private_1')],
      security_group_ids: [expect.stringContaining('aws_security_group.group')],
    },
    environment: { variables: { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } },
  });
  const statements = stack.policy('aws_iam_role_policy', 'fn').Statement.filter(({ Sid }) => Sid.includes('Network'));
  expect(statements.map(({ Effect, Condition }) => [Effect, Condition])).toEqual([
    ['Allow', undefined],
    ['Deny', { ArnEquals: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:homes' } }],
  ]);
  expect(statements[1]?.Action).toEqual(statements[0]?.Action);
});

test('everything set', () => {
  const environment = { BUCKET: 'homes' };
  const props = { timeoutSeconds: 60, memoryMb: 1024, architecture: 'x86_64', reservedConcurrency: 2, environment } as const;
  expect(synthesized((scope) => lambdaOf(scope, props)).one('aws_lambda_function')).toMatchObject({
    timeout: 60,
    memory_size: 1024,
    architectures: ['x86_64'],
    reserved_concurrent_executions: 2,
    environment: { variables: { BUCKET: 'homes' } },
  });
});

test.each<[string, Partial<NodeLambdaProps>, string, string]>([
  ['a name Lambda refuses', { functionName: 'my homes' }, 'CONSTRUCT_LAMBDA_NAME', '"my homes"'],
  ['sixteen minutes', { timeoutSeconds: 960 }, 'CONSTRUCT_LAMBDA_TIMEOUT', '(got 960)'],
  ['no concurrency at all', { reservedConcurrency: 0 }, 'CONSTRUCT_LAMBDA_CONCURRENCY', '(got 0)'],
  ['a bundle over its limit', { maxZipBytes: 100 }, 'CONSTRUCT_LAMBDA_SIZE', '100 bytes at most'],
])('refused: %s', (_, props, code, message) => {
  const error = refused((scope) => lambdaOf(scope, props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
  expect(error.hint).toBeDefined();
});
