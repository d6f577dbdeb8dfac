import { AwsProvider, type AwsProviderEndpoints } from '@cdktf/provider-aws/lib/provider';
import { LakewrightStack } from '../lakewright-stack';

/** Every service the constructs use: a stack on a laptop must not reach for a real one. */
const SERVICES = [
  'athena',
  'budgets',
  'cloudwatch',
  'cloudwatchlogs',
  'dms',
  'ec2',
  'glue',
  'iam',
  'kms',
  'lambda',
  'rds',
  's3',
  's3Control',
  'scheduler',
  'secretsmanager',
  'sfn',
  'sns',
  'sqs',
  'sts',
] as const satisfies readonly (keyof AwsProviderEndpoints)[];

/** The AWS provider of a stack: one account, one region, tags on everything, and the local endpoint where there is one. */
export function addAwsProvider(stack: LakewrightStack, system: string): AwsProvider {
  const { aws, name } = stack.environment;
  return new AwsProvider(stack, 'aws', {
    region: aws.region,
    allowedAccountIds: [aws.accountId],
    defaultTags: [{ tags: { environment: name, system, 'managed-by': 'lakewright' } }],
    ...(aws.endpoint && localAccess(aws.endpoint)),
  });
}

function localAccess(endpoint: string) {
  return {
    // Not a secret: the local API takes any key, and the provider asks for one.
    accessKey: 'test',
    secretKey: 'test',
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    skipRegionValidation: true,
    skipRequestingAccountId: true,
  };
}
