import { type LakewrightStack, SecureBucket, type SecureBucketProps, ServiceRole, StackKey } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

const keyOf = (scope: LakewrightStack) => new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
const bucketOf = (scope: LakewrightStack, props: Partial<SecureBucketProps> = {}) =>
  new SecureBucket(scope, 'homes', { bucketName: 'homes-dev', ...props });
const roleOf = (scope: LakewrightStack) =>
  new ServiceRole(scope, 'role', {
    roleName: 'r',
    description: 'r',
    trust: [{ sid: 'Trust', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }],
  });

test('secure with nothing said but a name', () => {
  const stack = synthesized((scope) => bucketOf(scope));
  expect(stack.one('aws_s3_bucket')).toMatchObject({ bucket: 'homes-dev', force_destroy: false });
  expect(stack.one('aws_s3_bucket_public_access_block')).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(stack.one('aws_s3_bucket_ownership_controls').rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
  expect(stack.one('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
  expect(stack.policy('aws_s3_bucket_policy').Statement).toEqual([
    expect.objectContaining({
      Effect: 'Deny',
      Principal: { AWS: ['*'] },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  ]);
  expect(stack.one('aws_s3_bucket_lifecycle_configuration').rule).toEqual([
    {
      id: 'forget',
      status: 'Enabled',
      filter: [{ prefix: '' }],
      noncurrent_version_expiration: [{ noncurrent_days: 9 }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      expiration: [{ expired_object_delete_marker: true }],
    },
  ]);
  expect(stack.all('aws_s3_bucket_logging')).toEqual([]);
  expect(stack.all('aws_s3_bucket_notification')).toEqual([]);
});

test('everything set', () => {
  const stack = synthesized(
    (scope) => {
      const accessLogs = new SecureBucket(scope, 'logs', { bucketName: 'logs-dev', receivesAccessLogs: true, expireDays: 30 });
      bucketOf(scope, { key: keyOf(scope), accessLogs, noncurrentVersionDays: 3, expireDays: 5, mayLoseData: true });
    },
    testEnvironment({ allowDataLoss: true }),
  );
  expect(stack.one('aws_s3_bucket', 'homes').force_destroy).toBe(true);
  expect(stack.one('aws_s3_bucket_server_side_encryption_configuration', 'homes').rule).toEqual([
    {
      apply_server_side_encryption_by_default: {
        sse_algorithm: 'aws:kms',
        kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\./),
      },
      bucket_key_enabled: true,
    },
  ]);
  expect(stack.one('aws_s3_bucket_lifecycle_configuration', 'homes').rule).toEqual([
    expect.objectContaining({ noncurrent_version_expiration: [{ noncurrent_days: 3 }], expiration: [{ days: 5 }] }),
  ]);
  expect(stack.one('aws_s3_bucket_logging')).toMatchObject({
    target_bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.logs/),
    target_prefix: 'homes-dev/',
  });
  const delivery = stack.policy('aws_s3_bucket_policy', 'logs').Statement[1];
  expect(delivery).toMatchObject({ Effect: 'Allow', Principal: { Service: ['logging.s3.amazonaws.com'] } });
  expect(delivery?.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': '123456789012' } });
});

test('one key alone does not destroy data', () => {
  expect(synthesized((scope) => bucketOf(scope, { mayLoseData: true })).one('aws_s3_bucket').force_destroy).toBe(false);
  const allowed = synthesized((scope) => bucketOf(scope), testEnvironment({ allowDataLoss: true }));
  expect(allowed.one('aws_s3_bucket').force_destroy).toBe(false);
});

test('grants name the actions and the keys below the prefix', () => {
  const stack = synthesized((scope) => {
    const bucket = bucketOf(scope, { key: keyOf(scope) });
    const role = roleOf(scope);
    bucket.grantRead(role, 'in/');
    bucket.grantWrite(role, 'out/');
    bucket.grantDelete(role);
  });
  const statements = stack.policy('aws_iam_role_policy').Statement;
  const arn = expect.stringMatching(/^\$\{aws_s3_bucket\.homes.*\.arn\}$/);
  expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['s3:GetObject', 's3:GetObjectVersion'], [expect.stringMatching(/\.arn\}\/in\/\*$/)]],
    [['s3:ListBucket'], [arn]],
    [['kms:Decrypt'], [expect.stringContaining('aws_kms_key')]],
    [['s3:AbortMultipartUpload', 's3:PutObject'], [expect.stringMatching(/\.arn\}\/out\/\*$/)]],
    [['kms:Decrypt', 'kms:GenerateDataKey'], [expect.stringContaining('aws_kms_key')]],
    [['s3:DeleteObject'], [expect.stringMatching(/\.arn\}\/\*$/)]],
  ]);
});

test('two notifications are one resource, which waits for what it is told to', () => {
  const stack = synthesized((scope) => {
    const bucket = bucketOf(scope);
    const policy = new SecureBucket(scope, 'policy', { bucketName: 'waited-for' });
    const rule = { queueArn: 'arn:q', events: ['s3:ObjectCreated:*'], filterPrefix: 'homes/' };
    bucket.addQueueNotification(rule, [policy.bucket]);
    bucket.addQueueNotification({ ...rule, filterPrefix: 'agents/' }, []);
  });
  const notification = stack.one('aws_s3_bucket_notification');
  expect((notification.queue as { filter_prefix: string }[]).map((rule) => rule.filter_prefix)).toEqual(['homes/', 'agents/']);
  expect(notification.depends_on).toEqual([expect.stringMatching(/^aws_s3_bucket\.policy_bucket/)]);
});

describe('what is refused', () => {
  test.each<[string, Partial<SecureBucketProps>, string, string]>([
    ['a name S3 refuses', { bucketName: 'My_Bucket' }, 'CONSTRUCT_BUCKET_NAME', '"My_Bucket"'],
    ['days that are not', { noncurrentVersionDays: 0 }, 'CONSTRUCT_BUCKET_DAYS', 'noncurrentVersionDays'],
    ['half a day', { expireDays: 0.5 }, 'CONSTRUCT_BUCKET_DAYS', '0.5'],
  ])('%s', (_, props, code, message) => {
    const error = refused((scope) => bucketOf(scope, props));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).toBeDefined();
  });

  test('a key on a bucket of access logs', () => {
    const error = refused((scope) => bucketOf(scope, { key: keyOf(scope), receivesAccessLogs: true }));
    expect(error.code).toBe('CONSTRUCT_BUCKET_LOGS');
  });

  test('two notifications of one event for overlapping prefixes', () => {
    const rule = { queueArn: 'arn:q', events: ['s3:ObjectCreated:*'], filterPrefix: 'homes/' };
    const error = refused((scope) => {
      const bucket = bucketOf(scope);
      bucket.addQueueNotification(rule, []);
      bucket.addQueueNotification({ ...rule, filterPrefix: 'homes/new/' }, []);
    });
    expect(error.code).toBe('CONSTRUCT_BUCKET_NOTIFICATION');
    expect(error.message).toContain('"homes/new/" beside "homes/"');
  });
});
