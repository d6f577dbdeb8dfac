import type { Environment, EnvironmentName } from '@lakewright/config';
import { onlyResource, type StackJson, SynthesizedEnvironment } from '../../../test/support/synthesized-environment';

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
  expect(all(stack, 'aws_iam_policy').map(({ name }) => name)).toEqual([
    'lakewright-boundary',
    'lakewright-delivery-databases',
    'lakewright-delivery-lake',
  ]);
});

test('GitHub deploys where the environment says from where, and that is an output', async () => {
  const stack = await foundationOf('staging');
  expect(onlyResource(stack, 'aws_iam_role', 'delivery').assume_role_policy).toContain(
    'repo:lakewright/lakewright:environment:staging',
  );
  expect(stack.output).toHaveProperty('delivery_role_arn');
});

test('no delivery, no role; nobody to tell, no subscription', async () => {
  const stack = await foundationOf('local');
  expect(all(stack, 'aws_iam_openid_connect_provider')).toEqual([]);
  expect(all(stack, 'aws_iam_role').filter(({ path }) => path === '/lakewright/')).toEqual([]);
  expect(all(stack, 'aws_sns_topic_subscription')).toEqual([]);
});

test('the roles that DMS wants once in an account, unless they are there already', async () => {
  const names = async (dmsAccountRoles: 'create' | 'existing') =>
    all(await foundationOf('dev', { dmsAccountRoles }), 'aws_iam_role').map(({ name }) => name);
  expect(await names('create')).toEqual(expect.arrayContaining(['dms-vpc-role', 'dms-cloudwatch-logs-role']));
  expect(await names('existing')).toEqual(['github-delivery']);
});
