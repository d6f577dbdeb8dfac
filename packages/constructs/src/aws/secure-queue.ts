import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { SqsQueueRedriveAllowPolicy } from '@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy';
import { LakewrightError } from '@lakewright/config';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { denyInsecureTransport, type Grantee, type PolicyStatement, policyDocument } from './policy';
import type { StackKey } from './stack-key';

/** The longest SQS keeps a message: 14 days, so that a long weekend loses nothing. */
const RETENTION_SECONDS = 14 * 24 * 3600;

export interface SecureQueueProps {
  readonly queueName: string;
  readonly key: StackKey;
  /** @default 30 seconds, SQS' own */
  readonly visibilityTimeoutSeconds?: number;
  /** Takes messages that were received too often. @default a message stays until somebody deletes it or its 14 days end */
  readonly deadLetters?: { readonly queue: SecureQueue; readonly maxReceiveCount: number };
}

/** A queue with encrypted messages, over TLS only, that keeps them for fourteen days. */
export class SecureQueue extends Construct {
  readonly queue: SqsQueue;
  readonly arn: string;
  /** The policy that others must wait for before they send. */
  readonly policy: SqsQueuePolicy;
  readonly queueName: string;
  readonly key: StackKey;
  private readonly statements: PolicyStatement[] = [];

  constructor(scope: Construct, id: string, props: SecureQueueProps) {
    super(scope, id);
    this.validateName(props.queueName);
    this.validateVisibility(props.visibilityTimeoutSeconds);
    this.validateReceiveCount(props.deadLetters?.maxReceiveCount);
    this.queueName = props.queueName;
    this.key = props.key;
    this.queue = new SqsQueue(this, 'queue', {
      name: props.queueName,
      kmsMasterKeyId: props.key.arn,
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionSeconds: RETENTION_SECONDS,
      visibilityTimeoutSeconds: props.visibilityTimeoutSeconds,
      redrivePolicy: props.deadLetters && redrivePolicy(props.deadLetters),
    });
    this.arn = this.queue.arn;
    this.statements.push(denyInsecureTransport('sqs', [this.arn]));
    this.policy = new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.queue.url,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
    props.deadLetters?.queue.allowRedriveFrom(this);
  }

  /** Lets an AWS service send, for one source only. */
  grantSendFromService(service: 's3.amazonaws.com', sourceArn: string, accountId: string): void {
    this.key.grantDelivery(service);
    this.statements.push({
      sid: `SendFrom${this.statements.length}`,
      principals: { services: [service] },
      actions: ['sqs:SendMessage'],
      resources: [this.arn],
      conditions: { ArnEquals: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': accountId } },
    });
  }

  grantSend(grantee: Grantee): void {
    grantee.addToPolicy({ sid: this.sid('SendTo'), actions: ['sqs:SendMessage'], resources: [this.arn] });
    this.key.grantEncryptDecrypt(grantee);
  }

  /** Receive, delete and hide messages: what a Lambda event source needs. */
  grantConsume(grantee: Grantee): void {
    const actions = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
    grantee.addToPolicy({ sid: this.sid('ConsumeFrom'), actions, resources: [this.arn] });
    this.key.grantDecrypt(grantee);
  }

  /** Says whose dead letters this queue takes; nobody else can fill it. */
  private allowRedriveFrom(source: SecureQueue): void {
    new SqsQueueRedriveAllowPolicy(this, 'redrive_allow_policy', {
      queueUrl: this.queue.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [source.arn] }),
    });
  }

  private sid(verb: string): string {
    return `${verb}${this.node.id.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  }

  private validateName(name: string): void {
    if (/^[\w-]{1,80}$/.test(name)) return;
    throw new LakewrightError('CONSTRUCT_QUEUE_NAME', `queueName: must be 1 to 80 letters, digits, "_" and "-" (got "${name}")`, {
      hint: 'shorten it',
    });
  }

  private validateVisibility(seconds: number | undefined): void {
    if (seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 43_200)) return;
    throw new LakewrightError(
      'CONSTRUCT_QUEUE_VISIBILITY',
      `visibilityTimeoutSeconds: must be 0 to 43200 whole seconds (got ${seconds})`,
      { hint: 'twelve hours is the most SQS hides a message' },
    );
  }

  private validateReceiveCount(count: number | undefined): void {
    if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= 1000)) return;
    throw new LakewrightError('CONSTRUCT_QUEUE_REDRIVE', `maxReceiveCount: must be 1 to 1000 (got ${count})`, {
      hint: '5 lets a short outage pass',
    });
  }
}

function redrivePolicy({ queue, maxReceiveCount }: NonNullable<SecureQueueProps['deadLetters']>): string {
  return JSON.stringify({ deadLetterTargetArn: queue.arn, maxReceiveCount });
}
