import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup as AwsWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { GlueDatabase } from './glue-database';
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

const DEFAULT_MOST_BYTES = 10 * 2 ** 30;
/** Athena's own least. */
const LEAST_BYTES = 10_000_000;

/** A workgroup whose settings no client can change: results encrypted in one place, and a bound on what a query reads. */
export class AthenaWorkgroup extends Construct {
  readonly workgroup: AwsWorkgroup;

  constructor(scope: Construct, id: string, props: AthenaWorkgroupProps) {
    super(scope, id);
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
          outputLocation: `s3://${props.results.bucketName}/athena/`,
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

  private validateBytes(bytes: number): void {
    if (Number.isInteger(bytes) && bytes >= LEAST_BYTES) return;
    throw new LakewrightError('CONSTRUCT_ATHENA_BYTES', `mostBytes: must be ${LEAST_BYTES} or more (got ${bytes})`, {
      hint: 'leave it out for 10 GiB',
    });
  }
}
