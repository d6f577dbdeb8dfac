import { synthesized, testEnvironment } from '../synthesized';

type Providers = { provider: { aws: Record<string, unknown>[] } };
const providerOf = (aws: object = {}) => {
  const environment = testEnvironment();
  const { json } = synthesized(() => undefined, testEnvironment({ name: 'local', aws: { ...environment.aws, ...aws } }));
  return (json as unknown as Providers).provider.aws[0];
};

test('one account, one region, tags on everything, and no credentials', () => {
  expect(providerOf()).toEqual({
    region: 'eu-west-1',
    allowed_account_ids: ['123456789012'],
    default_tags: [{ tags: { environment: 'local', system: 'test', 'managed-by': 'lakewright' } }],
  });
});

test('with an endpoint of its own, every service goes there and nothing is looked up elsewhere', () => {
  const endpoint = 'http://127.0.0.1:4566';
  const provider = providerOf({ endpoint });
  expect(provider).toMatchObject({
    access_key: 'test',
    secret_key: 'test',
    s3_use_path_style: true,
    skip_credentials_validation: true,
    skip_metadata_api_check: 'true',
    skip_requesting_account_id: true,
  });
  const services =
    'athena budgets cloudwatch cloudwatchlogs dms ec2 glue iam kms lambda rds s3 s3control scheduler secretsmanager sfn sns sqs sts'.split(
      ' ',
    );
  expect(provider?.endpoints).toEqual([Object.fromEntries(services.map((service) => [service, endpoint]))]);
});
