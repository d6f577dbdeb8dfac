import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketNotification, type S3BucketNotificationQueue } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { LakewrightError } from '@lakewright/config';
import { dependable, type ITerraformDependable, Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { denyInsecureTransport, type Grantee, type PolicyStatement, policyDocument } from './policy';
import type { StackKey } from './stack-key';

export interface SecureBucketProps {
  /** From `bucketName()` of @lakewright/config. */
  readonly bucketName: string;
  /** @default encrypted with keys that S3 manages; every bucket of data has a key */
  readonly key?: StackKey;
  /** Where S3 writes who read and wrote what. @default not logged */
  readonly accessLogs?: SecureBucket;
  /**
   * Lets S3 deliver access logs of this account's buckets here; such a bucket cannot have a key of our own
   * (docs: "Enabling Amazon S3 server access logging").
   * @default it takes none
   */
  readonly receivesAccessLogs?: boolean;
  /** Days after which a replaced or deleted version is gone for good. @default the environment's retention */
  readonly noncurrentVersionDays?: number;
  /** Days after which objects end by themselves. @default never */
  readonly expireDays?: number;
  /**
   * The second key to losing data: the bucket can be destroyed with what is in it, where the environment allows it.
   * @default a bucket with objects cannot be destroyed
   */
  readonly mayLoseData?: boolean;
}

/** A bucket nobody outside reads, nobody reads in the clear, and nothing leaves by mistake. */
export class SecureBucket extends Construct {
  readonly bucket: S3Bucket;
  readonly arn: string;
  /** Known before the bucket exists. */
  readonly bucketName: string;
  readonly key?: StackKey;
  private readonly accessBlock: S3BucketPublicAccessBlock;
  private readonly policyStatements: PolicyStatement[] = [];
  private readonly queueNotifications: S3BucketNotificationQueue[] = [];
  private notification?: S3BucketNotification;

  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    this.validateName(props.bucketName);
    this.validateAccessLogs(props);
    this.validateDays('noncurrentVersionDays', props.noncurrentVersionDays);
    this.validateDays('expireDays', props.expireDays);
    this.bucketName = props.bucketName;
    this.key = props.key;
    const forceDestroy = LakewrightStack.of(this).mayLoseData(props.mayLoseData);
    this.bucket = new S3Bucket(this, 'bucket', { bucket: props.bucketName, forceDestroy });
    this.arn = this.bucket.arn;
    this.accessBlock = this.addAccessBlock();
    this.addEncryption(props.key);
    this.addLifecycle(props);
    this.addPolicy(props);
    if (props.accessLogs) this.addLogging(props.accessLogs);
  }

  /**
   * Object versions below `prefix`: read. Listing is for the whole bucket: only who may list is told "no such key" instead of
   * "access denied", and S3 does not know a prefix when it decides that.
   */
  grantRead(grantee: Grantee, prefix = ''): void {
    grantee.addToPolicy(
      { sid: this.sid('Read'), actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${this.arn}/${prefix}*`] },
      { sid: this.sid('List'), actions: ['s3:ListBucket'], resources: [this.arn] },
    );
    this.key?.grantDecrypt(grantee);
  }

  /** The same, and listed is what lies below `prefix` alone: for people. Engines look at the folders above as well. */
  grantReadBelow(grantee: Grantee, prefix: string): void {
    grantee.addToPolicy(
      { sid: this.sid('Read'), actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${this.arn}/${prefix}*`] },
      {
        sid: this.sid('List'),
        actions: ['s3:ListBucket'],
        resources: [this.arn],
        conditions: { StringLike: { 's3:prefix': [`${prefix}*`] } },
      },
    );
    this.key?.grantDecrypt(grantee);
  }

  /** Objects below `prefix`: write new ones and new versions, nothing else. */
  grantWrite(grantee: Grantee, prefix = ''): void {
    const actions = ['s3:AbortMultipartUpload', 's3:PutObject'];
    grantee.addToPolicy({ sid: this.sid('Write'), actions, resources: [`${this.arn}/${prefix}*`] });
    this.key?.grantEncryptDecrypt(grantee);
  }

  /** Objects below `prefix`: delete, which in a versioned bucket hides them; versions stay. */
  grantDelete(grantee: Grantee, prefix = ''): void {
    grantee.addToPolicy({ sid: this.sid('Delete'), actions: ['s3:DeleteObject'], resources: [`${this.arn}/${prefix}*`] });
  }

  /** Sends events to a queue, once `after` exists (the queue's policy). S3 keeps one configuration a bucket: this is it. */
  addQueueNotification(rule: S3BucketNotificationQueue, after: readonly ITerraformDependable[]): void {
    this.validateNotification(rule);
    this.queueNotifications.push(rule);
    this.notification ??= new S3BucketNotification(this, 'notification', { bucket: this.bucket.bucket });
    this.notification.putQueue(this.queueNotifications);
    this.notification.dependsOn = [...(this.notification.dependsOn ?? []), ...after.map(dependable)];
  }

  private sid(verb: string): string {
    return `${verb}${this.node.id.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  }

  private addAccessBlock(): S3BucketPublicAccessBlock {
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: this.bucket.bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    return new S3BucketPublicAccessBlock(this, 'public_access_block', {
      bucket: this.bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  }

  private addEncryption(key: StackKey | undefined): void {
    const rule = key
      ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn }, bucketKeyEnabled: true }
      : { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } };
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', { bucket: this.bucket.bucket, rule: [rule] });
  }

  private addLifecycle({ noncurrentVersionDays, expireDays }: SecureBucketProps): void {
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: this.bucket.bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    const days = noncurrentVersionDays ?? LakewrightStack.of(this).environment.retention.noncurrentVersionDays;
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.bucket.bucket,
      rule: [
        {
          id: 'forget',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: days }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
          // S3 takes days or the marker rule in one rule, not both.
          expiration: [expireDays === undefined ? { expiredObjectDeleteMarker: true } : { days: expireDays }],
        },
      ],
      dependsOn: [versioning],
    });
  }

  private addPolicy(props: SecureBucketProps): void {
    this.policyStatements.push(denyInsecureTransport('s3', [this.arn, `${this.arn}/*`]));
    if (props.receivesAccessLogs) this.policyStatements.push(this.logDelivery());
    new S3BucketPolicy(this, 'policy', {
      bucket: this.bucket.bucket,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.policyStatements) }),
      // S3 refuses the two at the same moment ("conflicting conditional operation").
      dependsOn: [this.accessBlock],
    });
  }

  private logDelivery(): PolicyStatement {
    return {
      sid: 'TakeAccessLogs',
      principals: { services: ['logging.s3.amazonaws.com'] },
      actions: ['s3:PutObject'],
      resources: [`${this.arn}/*`],
      conditions: { StringEquals: { 'aws:SourceAccount': LakewrightStack.of(this).environment.aws.accountId } },
    };
  }

  private addLogging(target: SecureBucket): void {
    new S3BucketLoggingA(this, 'access_logs', {
      bucket: this.bucket.bucket,
      targetBucket: target.bucket.bucket,
      targetPrefix: `${this.bucketName}/`,
    });
  }

  private validateName(name: string): void {
    if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_BUCKET_NAME',
      `bucketName: must be 3 to 63 characters of a-z, 0-9 and "-" (got "${name}")`,
      { hint: "bucketName(environment, 'system', 'part') makes one" },
    );
  }

  private validateAccessLogs({ receivesAccessLogs, key }: SecureBucketProps): void {
    if (!receivesAccessLogs || !key) return;
    throw new LakewrightError(
      'CONSTRUCT_BUCKET_LOGS',
      `key: must be left out with receivesAccessLogs, because S3 cannot write access logs under a key of ours (got ${key.node.path})`,
      { hint: 'leave out key: S3 encrypts the logs with its own' },
    );
  }

  private validateDays(property: string, days: number | undefined): void {
    if (days === undefined || (Number.isInteger(days) && days >= 1)) return;
    throw new LakewrightError('CONSTRUCT_BUCKET_DAYS', `${property}: must be a whole number of days from 1 (got ${days})`, {
      hint: `leave ${property} out for its default`,
    });
  }

  /** S3 refuses rules for one event type whose prefixes overlap, unless the suffixes keep them apart. */
  private validateNotification(rule: S3BucketNotificationQueue): void {
    const starts = (a = '', b = '') => a.startsWith(b) || b.startsWith(a);
    const ends = (a = '', b = '') => a.endsWith(b) || b.endsWith(a);
    const clash = this.queueNotifications.find(
      (other) =>
        other.events.some((event) => rule.events.includes(event)) &&
        starts(other.filterPrefix, rule.filterPrefix) &&
        ends(other.filterSuffix, rule.filterSuffix),
    );
    if (!clash) return;
    throw new LakewrightError(
      'CONSTRUCT_BUCKET_NOTIFICATION',
      `prefix: two notifications of one event must not overlap (got "${rule.filterPrefix ?? ''}" beside "${clash.filterPrefix ?? ''}")`,
      { hint: 'send the events to one queue, or give the two separate prefixes' },
    );
  }
}
