import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { LakewrightError } from '@lakewright/config';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { type Grantee, type PolicyStatement, policyDocument, THIS_KEY } from './policy';

export interface StackKeyProps {
  /** What is encrypted with it. */
  readonly description: string;
  /** Name after `alias/lakewright-`. */
  readonly alias: string;
  /**
   * The second key to losing data: without it the key cannot be destroyed.
   * @default the key outlives every destroy, and what it encrypted can be read again
   */
  readonly mayLoseData?: boolean;
}

/** Services that write to encrypted queues and topics. */
export type DeliveringService =
  | 's3.amazonaws.com'
  | 'cloudwatch.amazonaws.com'
  | 'budgets.amazonaws.com'
  | 'sns.amazonaws.com'
  | 'dms.amazonaws.com';

/** What the account's own administrators do with a key: everything except using it. */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];
const DECRYPT = ['kms:Decrypt'];
const ENCRYPT_AND_DECRYPT = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * The one key of a stack: rotated, with a policy that lets the account administer it, lets principals of the account use it
 * only where their own policy says so too, and lets AWS services use it one by one.
 */
export class StackKey extends Construct {
  readonly key: KmsKey;
  readonly arn: string;
  readonly alias: KmsAlias;
  private readonly serviceStatements: PolicyStatement[] = [];

  constructor(scope: Construct, id: string, props: StackKeyProps) {
    super(scope, id);
    this.validateAlias(props.alias);
    const stack = LakewrightStack.of(this);
    const mayLoseData = stack.mayLoseData(props.mayLoseData);
    this.key = new KmsKey(this, 'key', {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: mayLoseData ? 7 : 30,
      policy: Lazy.stringValue({ produce: () => policyDocument([...this.accountStatements(), ...this.serviceStatements]) }),
      lifecycle: { preventDestroy: !mayLoseData },
    });
    this.arn = this.key.arn;
    this.alias = new KmsAlias(this, 'alias', { name: `alias/lakewright-${props.alias}`, targetKeyId: this.key.keyId });
  }

  /** Lets a principal read what is encrypted. */
  grantDecrypt(grantee: Grantee): void {
    this.grant(grantee, 'DecryptWithStackKey', DECRYPT);
  }

  /** Lets a principal write what will be encrypted, and read it (multipart uploads read their own parts). */
  grantEncryptDecrypt(grantee: Grantee): void {
    this.grant(grantee, 'UseStackKey', ENCRYPT_AND_DECRYPT);
  }

  /**
   * Lets a service deliver to an encrypted queue or topic. Whom it may deliver for is decided by the policy of the queue or
   * topic, which names the source and the account: the key never sees a call that it refused.
   */
  grantDelivery(service: DeliveringService): void {
    const sid = `DeliverFrom${service.charAt(0).toUpperCase()}${service.slice(1).split('.')[0]}`;
    this.addServiceStatement({
      sid,
      principals: { services: [service] },
      actions: ENCRYPT_AND_DECRYPT,
      resources: THIS_KEY,
    });
  }

  /** Lets CloudWatch Logs encrypt log groups of this account, and only those (docs: "Encrypt log data using KMS"). */
  grantLogs(): void {
    const { aws } = LakewrightStack.of(this).environment;
    this.addServiceStatement({
      sid: 'EncryptLogGroups',
      principals: { services: [`logs.${aws.region}.amazonaws.com`] },
      actions: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resources: THIS_KEY,
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${aws.partition}:logs:${aws.region}:${aws.accountId}:log-group:*`,
        },
      },
    });
  }

  private grant(grantee: Grantee, sid: string, actions: readonly string[]): void {
    grantee.addToPolicy({ sid, actions, resources: [this.arn] });
  }

  private addServiceStatement(statement: PolicyStatement): void {
    if (!this.serviceStatements.some(({ sid }) => sid === statement.sid)) this.serviceStatements.push(statement);
  }

  private accountStatements(): PolicyStatement[] {
    const { partition, accountId } = LakewrightStack.of(this).environment.aws;
    const principals = { aws: [`arn:${partition}:iam::${accountId}:root`] };
    return [
      { sid: 'AdministerByIamPolicy', principals, actions: ADMINISTRATION, resources: THIS_KEY },
      { sid: 'UseByIamPolicy', principals, actions: [...ENCRYPT_AND_DECRYPT, 'kms:Encrypt'], resources: THIS_KEY },
      {
        // Lambda asks for a grant in the name of whoever deploys a function with encrypted variables.
        sid: 'GrantToServicesByIamPolicy',
        principals,
        actions: ['kms:CreateGrant'],
        resources: THIS_KEY,
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    ];
  }

  private validateAlias(alias: string): void {
    if (/^[a-zA-Z0-9/_-]{1,200}$/.test(alias)) return;
    throw new LakewrightError('CONSTRUCT_KEY_ALIAS', `alias: must be letters, digits, "/", "_" and "-" (got "${alias}")`, {
      hint: "the stack's system: listings",
    });
  }
}
