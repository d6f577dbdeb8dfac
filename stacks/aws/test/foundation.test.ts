import type { Environment, EnvironmentName } from '@lakewright/config';
import { type StackJson, SynthesizedEnvironment } from '../../../test/support/synthesized-environment';

const foundationOf = (name: EnvironmentName, changes: Partial<Environment> = {}): Promise<StackJson> =>
  SynthesizedEnvironment.stack('aws-foundation', name, { systems: [], ...changes });
const all = (stack: StackJson, type: string) => Object.values(stack.resource[type] ?? {});

test('what an account has once', async () => {
  const stack = await foundationOf('prod');
  expect(all(stack, 'aws_s3_account_public_access_block')).toEqual([
    expect.objectContaining({ account_id: '333333333333', block_public_acls: true, restrict_public_buckets: true }),
  ]);
  expect(all(stack, 'aws_sns_topic')).toHaveLength(1);
  expect(all(stack, 'aws_sns_topic_subscription').map(({ endpoint }) => endpoint)).toEqual(['data-platform@example.com']);
  expect(all(stack, 'aws_budgets_budget').map(({ limit_amount }) => limit_amount)).toEqual(['1000.0']);
  expect(all(stack, 'aws_s3_bucket')).toHaveLength(1);
  expect(all(stack, 'aws_iam_policy').map(({ name }) => name)).toEqual(['lakewright-boundary']);
});

test('GitHub deploys where the environment says from where, and that is an output', async () => {
  const stack = await foundationOf('staging');
  expect(all(stack, 'aws_iam_role').map(({ assume_role_policy }) => String(assume_role_policy))).toEqual([
    expect.stringContaining('repo:lakewright/lakewright:environment:staging'),
  ]);
  expect(stack.output).toHaveProperty('delivery_role_arn');
});

test('no delivery, no role; nobody to tell, no subscription', async () => {
  const stack = await foundationOf('local');
  expect(all(stack, 'aws_iam_openid_connect_provider')).toEqual([]);
  expect(all(stack, 'aws_iam_role')).toEqual([]);
  expect(all(stack, 'aws_sns_topic_subscription')).toEqual([]);
});
