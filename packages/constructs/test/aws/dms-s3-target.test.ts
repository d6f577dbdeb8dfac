import { DmsS3Target, type DmsS3TargetProps, type LakewrightStack, SecureBucket } from '../../src';
import { refused, synthesized } from '../synthesized';
import { Replicated } from './replicated';

const targetOf = (scope: LakewrightStack, props: Partial<DmsS3TargetProps> = {}) =>
  new DmsS3Target(scope, 'target', {
    endpointName: 'homes-target',
    bucket: props.bucket ?? new Replicated(scope).bucket(),
    ...props,
  });

test('minimal: Parquet beside the full load of its table, each row with its operation and commit time', () => {
  expect(synthesized((scope) => targetOf(scope)).one('aws_dms_s3_endpoint')).toMatchObject({
    endpoint_type: 'target',
    bucket_name: expect.stringContaining('aws_s3_bucket.bucket'),
    expected_bucket_owner: '123456789012',
    data_format: 'parquet',
    parquet_version: 'parquet-1-0',
    parquet_timestamp_in_millisecond: false,
    compression_type: 'GZIP',
    include_op_for_full_load: true,
    timestamp_column_name: 'committed_at',
    cdc_max_batch_interval: 45,
    cdc_min_file_size: 32_000,
    preserve_transactions: false,
    date_partition_enabled: false,
    encryption_mode: 'SSE_KMS',
    server_side_encryption_kms_key_id: expect.stringContaining('aws_kms_key'),
  });
});

test('everything set', () => {
  const stack = synthesized((scope) => targetOf(scope, { timestampColumn: 'changed_at', maxBatchSeconds: 5, minFileKb: 1000 }));
  expect(stack.one('aws_dms_s3_endpoint')).toMatchObject({
    timestamp_column_name: 'changed_at',
    cdc_max_batch_interval: 5,
    cdc_min_file_size: 1000,
  });
});

test('DMS of this account writes to this bucket, and reads nothing', () => {
  const stack = synthesized((scope) => targetOf(scope));
  const [trust] = stack.policy('aws_iam_role', 'target', 'assume_role_policy').Statement;
  expect(trust).toMatchObject({
    Principal: { Service: ['dms.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  });
  expect(stack.policy('aws_iam_role_policy', 'target').Statement.map(({ Action }) => Action)).toEqual([
    ['s3:DeleteObject', 's3:PutObject', 's3:PutObjectTagging'],
    ['s3:ListBucket'],
    ['kms:Decrypt', 'kms:GenerateDataKey'],
  ]);
});

test('refused: a column in quotation marks, a bucket without a key of ours', () => {
  expect(refused((scope) => targetOf(scope, { timestampColumn: 'Committed At' }))).toMatchObject({
    code: 'CONSTRUCT_DMS_TIMESTAMP_COLUMN',
    message: expect.stringContaining('"Committed At"'),
  });
  const plain = (scope: LakewrightStack) => new SecureBucket(scope, 'plain', { bucketName: 'plain' });
  expect(refused((scope) => targetOf(scope, { bucket: plain(scope) }))).toMatchObject({ code: 'CONSTRUCT_DMS_BUCKET_KEY' });
});
