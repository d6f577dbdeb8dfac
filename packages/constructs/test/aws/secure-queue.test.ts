import { type LakewrightStack, SecureQueue, type SecureQueueProps, ServiceRole, StackKey } from '../../src';
import { refused, synthesized } from '../synthesized';

const keyOf = (scope: LakewrightStack) => new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
const queueOf = (scope: LakewrightStack, props: Partial<SecureQueueProps> = {}) =>
  new SecureQueue(scope, 'homes', { queueName: 'homes', key: props.key ?? keyOf(scope), ...props });

test('encrypted, fourteen days, over TLS only', () => {
  const stack = synthesized((scope) => queueOf(scope));
  expect(stack.one('aws_sqs_queue')).toMatchObject({
    name: 'homes',
    kms_master_key_id: expect.stringContaining('aws_kms_key'),
    message_retention_seconds: 1_209_600,
  });
  expect(stack.policy('aws_sqs_queue_policy').Statement.map(({ Effect, Condition }) => [Effect, Condition])).toEqual([
    ['Deny', { Bool: { 'aws:SecureTransport': 'false' } }],
  ]);
});

test('everything set: redrive to dead letters that take from nobody else', () => {
  const stack = synthesized((scope) => {
    const key = keyOf(scope);
    const queue = new SecureQueue(scope, 'dead', { queueName: 'dead', key });
    queueOf(scope, { key, visibilityTimeoutSeconds: 90, deadLetters: { queue, maxReceiveCount: 7 } });
  });
  const queue = stack.one('aws_sqs_queue', 'homes');
  expect(queue.visibility_timeout_seconds).toBe(90);
  expect(JSON.parse(queue.redrive_policy as string)).toEqual({
    deadLetterTargetArn: expect.stringMatching(/^\$\{aws_sqs_queue\.dead.*\.arn\}$/),
    maxReceiveCount: 7,
  });
  expect(JSON.parse(stack.one('aws_sqs_queue_redrive_allow_policy').redrive_allow_policy as string)).toEqual({
    redrivePermission: 'byQueue',
    sourceQueueArns: [expect.stringMatching(/^\$\{aws_sqs_queue\.homes.*\.arn\}$/)],
  });
});

test('grants: a service sends for one source only, a role sends or consumes', () => {
  const stack = synthesized((scope) => {
    const queue = queueOf(scope);
    const trust = [{ sid: 'Trust', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }];
    const role = new ServiceRole(scope, 'role', { roleName: 'r', description: 'r', trust });
    queue.grantSendFromService('s3.amazonaws.com', 'arn:aws:s3:::homes', '123456789012');
    queue.grantSend(role);
    queue.grantConsume(role);
  });
  expect(stack.policy('aws_sqs_queue_policy').Statement[1]).toMatchObject({
    Principal: { Service: ['s3.amazonaws.com'] },
    Action: ['sqs:SendMessage'],
    Condition: {
      ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::homes' },
      StringEquals: { 'aws:SourceAccount': '123456789012' },
    },
  });
  expect(stack.policy('aws_kms_key').Statement.map(({ Sid }) => Sid)).toContain('DeliverFromS3');
  const actions = stack.policy('aws_iam_role_policy').Statement.flatMap(({ Action }) => Action);
  expect(actions).toEqual([
    'sqs:SendMessage',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'kms:Decrypt',
  ]);
});

test.each<[string, Partial<SecureQueueProps>, string]>([
  ['a name SQS refuses', { queueName: 'my homes' }, 'CONSTRUCT_QUEUE_NAME'],
  ['a visibility over twelve hours', { visibilityTimeoutSeconds: 43_201 }, 'CONSTRUCT_QUEUE_VISIBILITY'],
])('refused: %s', (_, props, code) => {
  const error = refused((scope) => queueOf(scope, props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(String(Object.values(props)[0]));
});

test('refused: redrive at the first receipt of none', () => {
  const error = refused((scope) => {
    const key = keyOf(scope);
    const queue = new SecureQueue(scope, 'dead', { queueName: 'dead', key });
    queueOf(scope, { key, deadLetters: { queue, maxReceiveCount: 0 } });
  });
  expect(error.code).toBe('CONSTRUCT_QUEUE_REDRIVE');
  expect(error.message).toContain('(got 0)');
});
