import {
  AlarmTopic,
  type LakewrightStack,
  NodeLambda,
  QueuedBucketEvents,
  type QueuedBucketEventsProps,
  SecureBucket,
  StackKey,
} from '../../src';
import { type Resource, refused, synthesized } from '../synthesized';

function eventsOf(scope: LakewrightStack, props: Partial<QueuedBucketEventsProps> = {}): QueuedBucketEvents {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  const alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key });
  const bucket = new SecureBucket(scope, 'bucket', { bucketName: 'homes-dev', key });
  const entry = 'packages/constructs/test/fixtures/handler.ts';
  const fn = new NodeLambda(scope, 'fn', { functionName: 'homes', description: 'd', entry, key, alarms, timeoutSeconds: 20 });
  return new QueuedBucketEvents(scope, 'events', { bucket, function: fn, key, alarms, ...props });
}

test('bucket to queue to function, with what cannot be handled kept', () => {
  const stack = synthesized((scope) => eventsOf(scope));
  const queue = stack.one('aws_sqs_queue', 'events_queue');
  expect(queue).toMatchObject({ name: 'homes_events', visibility_timeout_seconds: 120 });
  expect(JSON.parse(queue.redrive_policy as string)).toMatchObject({ maxReceiveCount: 5 });
  expect(stack.one('aws_sqs_queue', 'events_dead_letters').name).toBe('homes_events_dead_letters');
  expect(stack.one('aws_s3_bucket_notification')).toMatchObject({
    queue: [
      {
        id: 'events',
        queue_arn: expect.stringContaining('aws_sqs_queue.events_queue'),
        events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
      },
    ],
    depends_on: [expect.stringMatching(/^aws_sqs_queue_policy\.events_queue/)],
  });
  expect(stack.one('aws_lambda_event_source_mapping')).toMatchObject({
    event_source_arn: expect.stringContaining('aws_sqs_queue.events_queue'),
    function_name: expect.stringContaining('aws_lambda_function.fn'),
    batch_size: 10,
    function_response_types: ['ReportBatchItemFailures'],
    scaling_config: { maximum_concurrency: 10 },
    depends_on: [expect.stringContaining('aws_iam_role.'), expect.stringContaining('aws_iam_role_policy.')],
  });
});

test('only this bucket of this account may send, and the key lets S3 deliver', () => {
  const stack = synthesized((scope) => eventsOf(scope));
  const [insecure, send] = stack.policy('aws_sqs_queue_policy', 'events_queue').Statement;
  expect(insecure?.Effect).toBe('Deny');
  expect(send).toMatchObject({
    Principal: { Service: ['s3.amazonaws.com'] },
    Condition: {
      ArnEquals: { 'aws:SourceArn': expect.stringContaining('aws_s3_bucket.bucket') },
      StringEquals: { 'aws:SourceAccount': '123456789012' },
    },
  });
  expect(stack.policy('aws_kms_key').Statement.map(({ Sid }) => Sid)).toContain('DeliverFromS3');
  const consumed = stack.policy('aws_iam_role_policy').Statement.find(({ Action }) => Action.includes('sqs:ReceiveMessage'));
  expect(consumed?.Resource).toEqual([expect.stringContaining('aws_sqs_queue.events_queue')]);
});

test('alarms on the oldest message and on dead letters', () => {
  const stack = synthesized((scope) => eventsOf(scope, { maxMessageAgeSeconds: 60 }));
  const alarms = stack.all('aws_cloudwatch_metric_alarm').filter(({ alarm_name }) => `${alarm_name}`.startsWith('homes_events'));
  expect(alarms.map(({ metric_name, threshold }: Resource) => [metric_name, threshold]).sort()).toEqual([
    ['ApproximateAgeOfOldestMessage', 60],
    ['ApproximateNumberOfMessagesVisible', 1],
  ]);
});

test('everything set', () => {
  const stack = synthesized((scope) =>
    eventsOf(scope, {
      events: ['s3:ObjectCreated:*'],
      prefix: 'homes/',
      suffix: '.json',
      batchSize: 3,
      maxConcurrency: 4,
      visibilityTimeoutSeconds: 200,
      maxReceiveCount: 8,
    }),
  );
  const [rule] = stack.one('aws_s3_bucket_notification').queue as Resource[];
  expect(rule).toMatchObject({ events: ['s3:ObjectCreated:*'], filter_prefix: 'homes/', filter_suffix: '.json' });
  const mapping = stack.one('aws_lambda_event_source_mapping');
  expect([mapping.batch_size, mapping.scaling_config]).toEqual([3, { maximum_concurrency: 4 }]);
  const queue = stack.one('aws_sqs_queue', 'events_queue');
  expect(queue.visibility_timeout_seconds).toBe(200);
  expect(JSON.parse(queue.redrive_policy as string).maxReceiveCount).toBe(8);
});

test.each<[Partial<QueuedBucketEventsProps>, string, string]>([
  [{ prefix: '/homes' }, 'CONSTRUCT_EVENTS_PREFIX', '"/homes"'],
  [{ prefix: 'homes/*' }, 'CONSTRUCT_EVENTS_PREFIX', '"homes/*"'],
  [{ batchSize: 11 }, 'CONSTRUCT_EVENTS_BATCH', '(got 11)'],
  [{ maxConcurrency: 1 }, 'CONSTRUCT_EVENTS_CONCURRENCY', '(got 1)'],
  [{ visibilityTimeoutSeconds: 119 }, 'CONSTRUCT_EVENTS_VISIBILITY', '120 or more, six times'],
  [{ maxReceiveCount: 4 }, 'CONSTRUCT_EVENTS_REDRIVE', '(got 4)'],
])('refused: %j', (props, code, message) => {
  const error = refused((scope) => eventsOf(scope, props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
  expect(error.hint).toBeDefined();
});
