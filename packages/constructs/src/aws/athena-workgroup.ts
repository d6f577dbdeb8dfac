import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup as AwsWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { GlueDatabase } from './glue-database';
import type { Grantee } from './policy';
import type { SecureBucket } from './secure-bucket';
import type { StackKey } from './stack-key';

export interface AthenaWorkgroupProps {
  readonly workgroupName: string;
  readonly description: string;
  /** Takes the results, below `athena/`. */
  readonly results: SecureBucket;
  readonly key: StackKey;
  /** A query that would read more is stopped. @default 10 GiB */
  readonly mostBytes?: number;
}

/** What somebody who asks calls, and the queries that people left for others. */
export const ASK = [
  'athena:BatchGetNamedQuery',
  'athena:GetNamedQuery',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:GetWorkGroup',
  'athena:ListNamedQueries',
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
];

const DEFAULT_MOST_BYTES = 10 * 2 ** 30;
/** Folder of the results in their bucket. */
const RESULTS = 'athena/';
/** Athena's own least. */
const LEAST_BYTES = 10_000_000;

/** A workgroup whose settings no client can change: results encrypted in one place, and a bound on what a query reads. */
export class AthenaWorkgroup extends Construct {
  readonly workgroup: AwsWorkgroup;
  private readonly results: SecureBucket;
  private readonly arn: string;

  constructor(scope: Construct, id: string, props: AthenaWorkgroupProps) {
    super(scope, id);
    this.results = props.results;
    const { partition, region, accountId } = LakewrightStack.of(this).environment.aws;
    this.arn = `arn:${partition}:athena:${region}:${accountId}:workgroup/${props.workgroupName}`;
    const bytes = props.mostBytes ?? DEFAULT_MOST_BYTES;
    this.validateBytes(bytes);
    const { allowDataLoss } = LakewrightStack.of(this).environment;
    this.workgroup = new AwsWorkgroup(this, 'workgroup', {
      name: props.workgroupName,
      description: props.description,
      // With it go its named queries and the history of its queries; tables do not.
      forceDestroy: allowDataLoss,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: bytes,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${props.results.bucketName}/${RESULTS}`,
          expectedBucketOwner: LakewrightStack.of(this).environment.aws.accountId,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKeyArn: props.key.arn },
        },
      },
    });
  }

  /** A query that people find in the console under its name. */
  addNamedQuery(name: string, database: GlueDatabase, description: string, query: string): AthenaNamedQuery {
    return new AthenaNamedQuery(this, `query_${name}`, {
      name,
      description,
      database: database.database.name,
      workgroup: this.workgroup.name,
      query,
    });
  }

  /**
   * Asks queries in the workgroup and gets their results; what they may read is granted by the databases. Results and queries of others
   * cannot be listed: who reads one has been told its id. Athena asks for the database `default` of the catalog whatever a query names
   * (Athena User Guide, "Configure access to databases and tables in the AWS Glue Data Catalog").
   */
  grantQuery(grantee: Grantee): void {
    const { partition, region, accountId } = LakewrightStack.of(this).environment.aws;
    const glue = (resource: string) => `arn:${partition}:glue:${region}:${accountId}:${resource}`;
    grantee.addToPolicy(
      { sid: 'Ask', actions: ASK, resources: [this.arn] },
      { sid: 'DefaultDatabase', actions: ['glue:GetDatabase'], resources: [glue('catalog'), glue('database/default')] },
      {
        sid: 'Results',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
        resources: [`${this.results.arn}/${RESULTS}*`],
      },
      {
        sid: 'BucketOfResults',
        actions: ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
        resources: [this.results.arn],
      },
    );
    this.results.key?.grantEncryptDecrypt(grantee);
  }

  private validateBytes(bytes: number): void {
    if (Number.isInteger(bytes) && bytes >= LEAST_BYTES) return;
    throw new LakewrightError('CONSTRUCT_ATHENA_BYTES', `mostBytes: must be ${LEAST_BYTES} or more (got ${bytes})`, {
      hint: 'leave it out for 10 GiB',
    });
  }
}
