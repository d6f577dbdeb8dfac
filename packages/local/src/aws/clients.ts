import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DatabaseMigrationServiceClient } from '@aws-sdk/client-database-migration-service';
import { GlueClient } from '@aws-sdk/client-glue';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsEndpoint, type LocalContext } from '../context';

/** The clients of the AWS SDK, all pointed at this clone's own AWS API; that of DMS at its own. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly logs: CloudWatchLogsClient;
  readonly secrets: SecretsManagerClient;
  readonly dms: DatabaseMigrationServiceClient;
  readonly cloudwatch: CloudWatchClient;
  readonly glue: GlueClient;
  readonly athena: AthenaClient;
  readonly states: SFNClient;
  readonly scheduler: SchedulerClient;
  /** Ends open connections; without it Node does not exit at once. */
  close(): void;
}

export function awsClients(context: Pick<LocalContext, 'ports' | 'environment'>): AwsClients {
  const settings = { ...awsEndpoint(context), maxAttempts: 3 };
  const clients = {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient(settings),
    sns: new SNSClient(settings),
    lambda: new LambdaClient(settings),
    iam: new IAMClient(settings),
    kms: new KMSClient(settings),
    logs: new CloudWatchLogsClient(settings),
    secrets: new SecretsManagerClient(settings),
    dms: new DatabaseMigrationServiceClient({ ...settings, endpoint: `http://127.0.0.1:${context.ports.dms}` }),
    cloudwatch: new CloudWatchClient(settings),
    glue: new GlueClient(settings),
    athena: new AthenaClient(settings),
    states: new SFNClient(settings),
    scheduler: new SchedulerClient(settings),
  };
  return {
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
