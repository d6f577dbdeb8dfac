import { AthenaWorkgroup, type AthenaWorkgroupProps } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { LakeParts } from './lake-parts';

function workgroupOf(parts: LakeParts, props: Partial<AthenaWorkgroupProps> = {}): AthenaWorkgroup {
  const { scope, key, bucket } = parts;
  return new AthenaWorkgroup(scope, 'athena', { workgroupName: 'homes', description: 'Homes', results: bucket, key, ...props });
}

test('no client changes its settings: results encrypted in one place, a bound on what is read', () => {
  const stack = synthesized((scope) => workgroupOf(new LakeParts(scope)));
  expect(stack.one('aws_athena_workgroup')).toMatchObject({
    name: 'homes',
    force_destroy: false,
    configuration: {
      enforce_workgroup_configuration: true,
      bytes_scanned_cutoff_per_query: 10_737_418_240,
      result_configuration: {
        output_location: 's3://homes-lake/athena/',
        expected_bucket_owner: '123456789012',
        encryption_configuration: { encryption_option: 'SSE_KMS', kms_key_arn: expect.stringContaining('aws_kms_key') },
      },
    },
  });
});

test('it is destroyed with its queries only where the environment allows it', () => {
  const stack = synthesized((scope) => workgroupOf(new LakeParts(scope)), testEnvironment({ allowDataLoss: true }));
  expect(stack.one('aws_athena_workgroup').force_destroy).toBe(true);
});

test('named queries are of the workgroup and a database', () => {
  const stack = synthesized((scope) => {
    const parts = new LakeParts(scope);
    workgroupOf(parts, { mostBytes: 20_000_000 }).addNamedQuery('latest', parts.database(), 'The latest homes', 'SELECT 1');
  });
  expect(stack.one('aws_athena_named_query')).toMatchObject({
    name: 'latest',
    database: expect.stringContaining('aws_glue_catalog_database.silver'),
    workgroup: expect.stringContaining('aws_athena_workgroup.athena'),
    query: 'SELECT 1',
  });
});

test('refused: a bound under the least that Athena takes', () => {
  expect(refused((scope) => workgroupOf(new LakeParts(scope), { mostBytes: 10 })).code).toBe('CONSTRUCT_ATHENA_BYTES');
});
