import { ExternalLocation } from '@cdktf/provider-databricks/lib/external-location';
import { StorageCredential } from '@cdktf/provider-databricks/lib/storage-credential';
import { LakewrightError } from '@lakewright/config';
import { DataResource, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { roleArn } from '../aws/iam-names';
import type { PolicyStatement } from '../aws/policy';
import type { SecureBucket } from '../aws/secure-bucket';
import { ServiceRole } from '../aws/service-role';
import { LakewrightStack } from '../lakewright-stack';
import { addGrants, type Grant } from './access';

export interface S3AccessProps {
  /** Name of credential and location, unique in the metastore: `listings_dev_staging`. */
  readonly accessName: string;
  readonly bucket: SecureBucket;
  readonly access: 'read' | 'read-write';
  /** Keys that begin so: `events/`. @default the whole bucket */
  readonly prefix?: string;
  /** @default nobody but the owner; a catalog's managed storage needs none */
  readonly grants?: readonly Grant[];
  /**
   * The second key to losing data: the location goes even while tables lie in it, where the environment allows it.
   * @default a location in use cannot be destroyed
   */
  readonly mayLoseData?: boolean;
  /** Seconds for which AWS may not know a new role yet everywhere. @default 20, none where no AWS answers */
  readonly propagationSeconds?: number;
}

/**
 * Databricks' way to one bucket. Each side wants to know the other first: the credential is told the role's ARN, which is
 * computed, and gets an external id; the role trusts Unity Catalog's master role with that id, and itself; the location comes
 * when AWS knows the role, and Databricks then really checks that it can read there.
 *
 * Source: docs.databricks.com, "Create a storage credential for connecting to AWS S3".
 */
export class S3Access extends Construct {
  readonly credential: StorageCredential;
  readonly role: ServiceRole;
  readonly location: ExternalLocation;
  readonly access: 'read' | 'read-write';
  /** `s3://bucket/events`, known before anything exists; without a slash at the end, as Unity Catalog reports it. */
  readonly url: string;
  private readonly props: S3AccessProps;

  constructor(scope: Construct, id: string, props: S3AccessProps) {
    super(scope, id);
    this.props = props;
    this.validateName();
    this.validatePrefix();
    this.access = props.access;
    this.url = `s3://${props.bucket.bucketName}/${props.prefix ?? ''}`.replace(/\/$/, '');
    this.credential = this.addCredential();
    this.role = this.addRole();
    this.grantBucket();
    this.location = this.addLocation(this.addPropagation());
    addGrants(this, 'grants', { externalLocation: this.location.name }, props.grants ?? []);
  }

  /** What must exist before anything is read or written there. */
  get ready(): readonly ITerraformDependable[] {
    return [this.location];
  }

  private get roleName(): string {
    return `unity-catalog-${this.props.accessName}`;
  }

  private get readOnly(): boolean {
    return this.access === 'read';
  }

  private addCredential(): StorageCredential {
    const stack = LakewrightStack.of(this);
    return new StorageCredential(this, 'credential', {
      name: this.props.accessName,
      comment: `Role for s3://${this.props.bucket.bucketName}`,
      awsIamRole: { roleArn: roleArn(stack, this.roleName) },
      readOnly: this.readOnly,
      isolationMode: 'ISOLATION_MODE_ISOLATED',
      // The role comes next: Databricks cannot assume it yet.
      skipValidation: true,
      forceDestroy: stack.mayLoseData(this.props.mayLoseData),
    });
  }

  private addRole(): ServiceRole {
    const stack = LakewrightStack.of(this);
    const { aws, databricks } = stack.environment;
    const self = roleArn(stack, this.roleName);
    const externalId = { 'sts:ExternalId': this.credential.awsIamRole.externalId };
    const role = new ServiceRole(this, 'role', {
      roleName: this.roleName,
      description: `Lets Unity Catalog reach s3://${this.props.bucket.bucketName}`,
      trust: [
        {
          sid: 'AssumeByUnityCatalog',
          principals: { aws: [databricks.unityCatalogRoleArn] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: externalId },
        },
        {
          // A role cannot name itself as principal before it exists: the account, narrowed to it.
          sid: 'AssumeByItself',
          principals: { aws: [`arn:${aws.partition}:iam::${aws.accountId}:root`] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: externalId, ArnEquals: { 'aws:PrincipalArn': self } },
        },
      ],
    });
    role.addToPolicy({ sid: 'AssumeItself', actions: ['sts:AssumeRole'], resources: [self] });
    return role;
  }

  private grantBucket(): void {
    const { bucket, prefix } = this.props;
    bucket.grantRead(this.role, prefix);
    const location: PolicyStatement = { sid: 'Locate', actions: ['s3:GetBucketLocation'], resources: [bucket.arn] };
    this.role.addToPolicy(location);
    if (this.readOnly) return;
    bucket.grantWrite(this.role, prefix);
    bucket.grantDelete(this.role, prefix);
    this.role.addToPolicy(
      { sid: 'ListUploads', actions: ['s3:ListBucketMultipartUploads'], resources: [bucket.arn] },
      { sid: 'ListParts', actions: ['s3:ListMultipartUploadParts'], resources: [`${bucket.arn}/${prefix ?? ''}*`] },
    );
  }

  /** A pause in Terraform's own terms: no provider more, and `node` is there wherever cdktf runs. */
  private addPropagation(): readonly ITerraformDependable[] {
    const { aws, providers } = LakewrightStack.of(this).environment;
    const seconds = this.props.propagationSeconds ?? (aws.endpoint ? 0 : 20);
    if (seconds === 0) return this.role.ready;
    // The stand-ins plan the same resources, and have nothing to wait for.
    const pause = providers === 'standin' ? 0 : seconds * 1000;
    const propagated = new DataResource(this, 'propagated', {
      triggersReplace: { role: this.role.role.uniqueId },
      dependsOn: [...this.role.ready],
      provisioners: [
        {
          type: 'local-exec',
          interpreter: ['node', '-e'],
          command: `setTimeout(() => {}, ${pause})`,
        },
      ],
    });
    return [propagated];
  }

  private addLocation(after: readonly ITerraformDependable[]): ExternalLocation {
    return new ExternalLocation(this, 'location', {
      name: this.props.accessName,
      url: this.url,
      credentialName: this.credential.name,
      comment: this.readOnly ? 'Read only' : 'Managed storage',
      readOnly: this.readOnly,
      isolationMode: 'ISOLATION_MODE_ISOLATED',
      // Would ask for rights to make queues and topics of Databricks' own in the account.
      enableFileEvents: false,
      fallback: false,
      forceDestroy: LakewrightStack.of(this).mayLoseData(this.props.mayLoseData),
      dependsOn: [...after],
    });
  }

  private validateName(): void {
    const { accessName } = this.props;
    if (/^[a-z][a-z0-9_]*$/.test(accessName) && this.roleName.length <= 64) return;
    throw new LakewrightError(
      'CONSTRUCT_S3_ACCESS_NAME',
      `accessName: must be lower-case letters, digits and "_", 50 at most (got "${accessName}")`,
      { hint: '<catalog>_<part of the bucket>' },
    );
  }

  private validatePrefix(): void {
    const { prefix } = this.props;
    if (prefix === undefined || (/^[^/*].*\/$/.test(prefix) && !prefix.includes('*'))) return;
    throw new LakewrightError('CONSTRUCT_S3_ACCESS_PREFIX', `prefix: must be a folder such as "events/" (got "${prefix}")`, {
      hint: 'end it with "/", begin it without, and leave out "*"',
    });
  }
}
