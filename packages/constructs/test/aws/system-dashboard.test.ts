import {
  AlarmTopic,
  type LakewrightStack,
  NodeLambda,
  QueuedBucketEvents,
  SecureBucket,
  StackKey,
  SystemDashboard,
  type SystemDashboardProps,
} from '../../src';
import { refused, synthesized } from '../synthesized';
import { Replicated } from './replicated';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly period: number;
    readonly metrics: unknown[][];
  };
}

function partsOf(scope: LakewrightStack) {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  const alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key });
  const entry = 'packages/constructs/test/fixtures/handler.ts';
  const fn = new NodeLambda(scope, 'fn', { functionName: 'homes', description: 'Homes', entry, key, alarms });
  const bucket = new SecureBucket(scope, 'bucket', { bucketName: 'homes-in', key });
  return { fn, bucket, events: new QueuedBucketEvents(scope, 'events', { bucket, function: fn, key, alarms }) };
}

const dashboardOf = (scope: LakewrightStack, props: (parts: ReturnType<typeof partsOf>) => Partial<SystemDashboardProps>) => {
  const parts = partsOf(scope);
  return new SystemDashboard(scope, 'dashboard', { dashboardName: 'lakewright-homes', functions: [parts.fn], ...props(parts) });
};

const widgetsOf = (props: (parts: ReturnType<typeof partsOf>) => Partial<SystemDashboardProps>): Widget[] => {
  const stack = synthesized((scope) => dashboardOf(scope, props));
  return JSON.parse(stack.one('aws_cloudwatch_dashboard').dashboard_body as string).widgets;
};

test('functions alone: what they do, and what they gave up', () => {
  expect(widgetsOf(() => ({})).map(({ properties }) => [properties.title, properties.metrics])).toEqual([
    ['Invocations', [['AWS/Lambda', 'Invocations', 'FunctionName', 'homes', { label: 'homes', stat: 'Sum' }]]],
    ['Errors', [['AWS/Lambda', 'Errors', 'FunctionName', 'homes', { label: 'homes', stat: 'Sum' }]]],
    ['Duration, 95th percentile (ms)', [['AWS/Lambda', 'Duration', 'FunctionName', 'homes', { label: 'homes', stat: 'p95' }]]],
    ['Dead letters', [[expect.anything(), expect.anything(), 'QueueName', 'homes_dead_letters', expect.anything()]]],
  ]);
});

test('everything set: queues and their age, dead letters of both kinds, buckets by the day', () => {
  const widgets = widgetsOf(({ events, bucket }) => ({ events: [events], buckets: [bucket] }));
  const metrics = (title: string) =>
    widgets
      .find(({ properties }) => properties.title === title)
      ?.properties.metrics.map((metric) => metric.filter((part) => typeof part === 'string'));
  expect(metrics('Messages waiting and at work')).toEqual([
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', 'homes_events'],
    ['AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', 'QueueName', 'homes_events'],
  ]);
  expect(metrics('Age of the oldest message (s)')).toEqual([
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', 'homes_events'],
  ]);
  expect(metrics('Dead letters')?.map((metric) => metric.at(-1))).toEqual(['homes_dead_letters', 'homes_events_dead_letters']);
  expect(metrics('Objects in the buckets')).toEqual([
    ['AWS/S3', 'NumberOfObjects', 'BucketName', 'homes-in', 'StorageType', 'AllStorageTypes'],
  ]);
  expect(widgets.at(-1)?.properties.period).toBe(86_400);
});

test('databases and what replicates them', () => {
  const stack = synthesized((scope) => {
    const parts = new Replicated(scope);
    const { key, alarms } = parts;
    const entry = 'packages/constructs/test/fixtures/handler.ts';
    const fn = new NodeLambda(scope, 'fn', { functionName: 'homes', description: 'Homes', entry, key, alarms });
    const [databases, replications] = [[parts.database()], [parts.task()]];
    new SystemDashboard(scope, 'dashboard', { dashboardName: 'lakewright-homes', functions: [fn], databases, replications });
  });
  const { widgets } = JSON.parse(stack.one('aws_cloudwatch_dashboard').dashboard_body as string) as { widgets: Widget[] };
  const metrics = new Map(
    widgets.map(({ properties }) => [
      properties.title,
      properties.metrics.map((metric) => metric.filter((part) => typeof part === 'string')),
    ]),
  );
  expect(metrics.get('Databases: connections')).toEqual([['AWS/RDS', 'DatabaseConnections', 'DBInstanceIdentifier', 'homes']]);
  const task = ['ReplicationInstanceIdentifier', 'homes', 'ReplicationTaskIdentifier', 'homes'];
  expect(metrics.get('Replication: latency (s)')).toEqual([
    ['AWS/DMS', 'CDCLatencySource', ...task],
    ['AWS/DMS', 'CDCLatencyTarget', ...task],
  ]);
  expect(metrics.get('Replication: free storage (bytes)')).toEqual([
    ['AWS/DMS', 'FreeStorageSpace', 'ReplicationInstanceIdentifier', 'homes'],
  ]);
});

test('widgets lie in the grid, none over another, in the region of the environment', () => {
  const widgets = widgetsOf(({ events, bucket }) => ({ events: [events], buckets: [bucket] }));
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { x, width, properties } of widgets) {
    expect(x + width).toBeLessThanOrEqual(24);
    expect(properties.region).toBe('eu-west-1');
  }
});

test.each<[string, Partial<SystemDashboardProps>, string, string]>([
  ['a name CloudWatch refuses', { dashboardName: 'my homes' }, 'CONSTRUCT_SYSTEM_DASHBOARD_NAME', '"my homes"'],
  ['no function', { functions: [] }, 'CONSTRUCT_SYSTEM_DASHBOARD_EMPTY', '(got none)'],
])('refused: %s', (_, props, code, message) => {
  const error = refused((scope) => dashboardOf(scope, () => props));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
});
