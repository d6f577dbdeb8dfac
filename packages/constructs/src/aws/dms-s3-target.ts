import { DmsS3Endpoint } from '@cdktf/provider-aws/lib/dms-s3-endpoint';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { validateDmsIdentifier } from './dms-identifier';
import type { SecureBucket } from './secure-bucket';
import { ServiceRole } from './service-role';

export interface DmsS3TargetProps {
  /** Unique among the endpoints of the account and region. */
  readonly endpointName: string;
  /** Encrypted with a key of ours. */
  readonly bucket: SecureBucket;
  /** The column that says when a change was committed. @default 'committed_at' */
  readonly timestampColumn?: string;
  /** Seconds that changes of a table wait at most before they are a file. @default the environment's */
  readonly maxBatchSeconds?: number;
  /** Or until they are so large, in kilobytes. @default 32000, the service's own */
  readonly minFileKb?: number;
}

/**
 * Files of changes that engines like to read: `<schema>/<table>/LOAD00000001.parquet` of the full load, then
 * `<schema>/<table>/YYYYMMDD-HHMMSSmmm.parquet`, each row with its `Op` and commit timestamp.
 *
 * The bucket may have versions, because its lifecycle forgets old ones: the guide warns of buckets where they pile up.
 *
 * Source of what is decided here: DMS User Guide, "Using Amazon S3 as a target for AWS Database Migration Service".
 */
export class DmsS3Target extends Construct {
  readonly endpoint: DmsS3Endpoint;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: DmsS3TargetProps) {
    super(scope, id);
    validateDmsIdentifier('endpointName', props.endpointName);
    this.validateColumn(props.timestampColumn);
    const { aws, sizes } = LakewrightStack.of(this).environment;
    const key = this.validateKey(props.bucket);
    const role = this.addRole(props);
    this.endpoint = new DmsS3Endpoint(this, 'endpoint', {
      endpointId: props.endpointName,
      endpointType: 'target',
      bucketName: props.bucket.bucket.bucket,
      kmsKeyArn: key.arn,
      // Nobody else's bucket of that name is ever written to.
      expectedBucketOwner: aws.accountId,
      serviceAccessRoleArn: role.arn,
      encryptionMode: 'SSE_KMS',
      serverSideEncryptionKmsKeyId: key.arn,
      dataFormat: 'parquet',
      // Version 1 is what every reader takes, and its timestamps are in UTC by definition: Hudi refuses those without a zone.
      parquetVersion: 'parquet-1-0',
      // Microseconds, as a DATETIME(6) has them. Milliseconds were for Athena before its third engine.
      parquetTimestampInMillisecond: false,
      compressionType: 'GZIP',
      encodingType: 'rle-dictionary',
      enableStatistics: true,
      // One shape for all files of a table: rows of the full load have Op "I" and a time, too.
      includeOpForFullLoad: true,
      timestampColumnName: props.timestampColumn ?? 'committed_at',
      // Else a row of the full load can look newer than a change that was made while it ran.
      useTaskStartTimeForFullLoadTimestamp: true,
      cdcMaxBatchInterval: props.maxBatchSeconds ?? sizes.replication.maxBatchSeconds,
      cdcMinFileSize: props.minFileKb ?? 32_000,
      // Both would put changes elsewhere than beside the full load of their table: transactions into one folder for all tables
      // (cdcPath), days into folders below it.
      preserveTransactions: false,
      datePartitionEnabled: false,
      dependsOn: [...role.ready],
    });
    this.arn = this.endpoint.endpointArn;
  }

  /** What the User Guide lists for a target bucket ("Prerequisites for using Amazon S3 as a target"). */
  private addRole({ endpointName, bucket }: DmsS3TargetProps): ServiceRole {
    const { aws } = LakewrightStack.of(this).environment;
    const role = new ServiceRole(this, 'role', {
      roleName: `${endpointName}-bucket`,
      description: `Lets DMS write to ${bucket.bucketName}`,
      trust: [
        {
          sid: 'AssumeByDms',
          principals: { services: ['dms.amazonaws.com'] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
        },
      ],
    });
    role.addToPolicy(
      { sid: 'WriteFiles', actions: ['s3:DeleteObject', 's3:PutObject', 's3:PutObjectTagging'], resources: [`${bucket.arn}/*`] },
      { sid: 'ListFiles', actions: ['s3:ListBucket'], resources: [bucket.arn] },
    );
    bucket.key?.grantEncryptDecrypt(role);
    return role;
  }

  private validateColumn(name: string | undefined): void {
    if (name === undefined || /^[a-z_][a-z0-9_]{0,62}$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_DMS_TIMESTAMP_COLUMN',
      `timestampColumn: must be 1 to 63 characters of a-z, 0-9 and "_" (got "${name}")`,
      { hint: 'leave it out for committed_at' },
    );
  }

  private validateKey({ key, bucketName }: SecureBucket): NonNullable<SecureBucket['key']> {
    if (key) return key;
    throw new LakewrightError('CONSTRUCT_DMS_BUCKET_KEY', `bucket: must have a key of ours (got ${bucketName} without one)`, {
      hint: 'give SecureBucket its key',
    });
  }
}
