import { onlyResource, type StackJson, SynthesizedEnvironment } from '../../../test/support/synthesized-environment';

let stack: StackJson;
beforeAll(async () => {
  stack = await SynthesizedEnvironment.stack('aws-listings', 'dev');
});

const one = (type: string, name?: string) => onlyResource(stack, type, name);
const allowed = (role: string) =>
  (JSON.parse(String(one('aws_iam_role_policy', role).policy)) as { Statement: { Action: string[]; Resource: string[] }[] })
    .Statement;
const objects = (role: string) =>
  allowed(role)
    .filter(({ Action }) => Action.some((action) => action.startsWith('s3:') && action !== 's3:ListBucket'))
    .map(({ Action, Resource }) => [Action, String(Resource).replace(/aws_s3_bucket\.(\w+)_bucket_\w+\.arn/, '$1')]);

test('the publishing service handles documents in the listings bucket and nothing else', () => {
  expect(objects('sales_and_rentals')).toEqual([
    [['s3:GetObject', 's3:GetObjectVersion'], '${listings}/listings/*'],
    [['s3:AbortMultipartUpload', 's3:PutObject'], '${listings}/listings/*'],
    [['s3:DeleteObject'], '${listings}/listings/*'],
  ]);
  expect(one('aws_lambda_function', 'sales_and_rentals').environment).toEqual({
    variables: { LISTINGS_BUCKET: expect.stringContaining('aws_s3_bucket.listings_bucket') },
  });
});

test('the event lambda reads versions of documents and writes messages, and cannot delete', () => {
  expect(objects('raw_listings')).toEqual([
    [['s3:GetObject', 's3:GetObjectVersion'], '${listings}/listings/*'],
    [['s3:AbortMultipartUpload', 's3:PutObject'], '${staging}/events/*'],
  ]);
  expect(one('aws_lambda_function', 'raw_listings').environment).toEqual({
    variables: {
      LISTINGS_BUCKET: expect.stringContaining('aws_s3_bucket.listings_bucket'),
      STAGING_BUCKET: expect.stringContaining('aws_s3_bucket.staging_bucket'),
      STAGING_PREFIX: 'events/',
    },
  });
});

test('created and removed documents go through a queue to the event lambda', () => {
  expect(one('aws_s3_bucket_notification').queue).toEqual([
    expect.objectContaining({ events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'], filter_prefix: 'listings/' }),
  ]);
  expect(one('aws_lambda_event_source_mapping')).toMatchObject({
    function_name: expect.stringContaining('aws_lambda_function.raw_listings'),
    function_response_types: ['ReportBatchItemFailures'],
  });
});

test('every alarm goes to the topic of the foundation, every bucket logs to its bucket', () => {
  const alarms = Object.values(stack.resource.aws_cloudwatch_metric_alarm ?? {});
  expect(alarms).toHaveLength(8);
  const foundation = 'terraform_remote_state.cross-stack-reference-input-aws-foundation';
  for (const { alarm_actions } of alarms) expect(alarm_actions).toEqual([expect.stringContaining(foundation)]);
  const logged = Object.values(stack.resource.aws_s3_bucket_logging ?? {});
  expect(logged).toHaveLength(3);
  for (const { target_bucket } of logged) expect(target_bucket).toContain(foundation);
});

test('one dashboard shows both functions, the queue, what was given up, and the three buckets', () => {
  const dashboard = one('aws_cloudwatch_dashboard');
  expect(dashboard.dashboard_name).toBe('lakewright-listings');
  const shown = String(dashboard.dashboard_body);
  const names = [
    'sales_and_rentals_publishing_service',
    'raw_listings_s3_event_lambda',
    'raw_listings_s3_event_lambda_events',
    'raw_listings_s3_event_lambda_events_dead_letters',
    'lakewright-listings-listings-dev-111111111111',
    'lakewright-listings-staging-dev-111111111111',
    'lakewright-listings-lake-dev-111111111111',
  ];
  for (const name of names) expect(shown).toContain(`"${name}"`);
});

test('outputs name the buckets and the functions', () => {
  expect(Object.keys(stack.output ?? {})).toEqual(
    expect.arrayContaining(['listings_bucket', 'staging_bucket', 'publishing_function', 'event_function']),
  );
});
