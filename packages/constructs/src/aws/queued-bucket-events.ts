import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { AlarmTopic } from './alarm-topic';
import type { NodeLambda } from './node-lambda';
import type { SecureBucket } from './secure-bucket';
import { SecureQueue } from './secure-queue';
import type { StackKey } from './stack-key';

export type BucketEventType = 's3:ObjectCreated:*' | 's3:ObjectRemoved:*' | 's3:ObjectRestore:*' | 's3:LifecycleExpiration:*';

export interface QueuedBucketEventsProps {
  readonly bucket: SecureBucket;
  readonly function: NodeLambda;
  readonly key: StackKey;
  readonly alarms: AlarmTopic;
  /** @default created and removed */
  readonly events?: readonly BucketEventType[];
  /** Keys that begin so: `listings/`. @default every key */
  readonly prefix?: string;
  /** Keys that end so: `.json`. @default every key */
  readonly suffix?: string;
  /** Messages a call gets at most. @default 10 */
  readonly batchSize?: number;
  /** Calls at the same time at most. @default 10 */
  readonly maxConcurrency?: number;
  /** @default six times the function's timeout, the least that AWS advises */
  readonly visibilityTimeoutSeconds?: number;
  /** Receipts after which a message becomes a dead letter. @default 5 */
  readonly maxReceiveCount?: number;
  /** A message older than this rings. @default 900 */
  readonly maxMessageAgeSeconds?: number;
}

/**
 * S3 -> SQS -> Lambda: what throttling and short failures cannot lose. S3 delivers at least once and in no order, so the
 * function must be idempotent; it answers with `batchItemFailures`, and only those messages come back.
 */
export class QueuedBucketEvents extends Construct {
  readonly queue: SecureQueue;
  readonly deadLetters: SecureQueue;
  readonly mapping: LambdaEventSourceMapping;
  private readonly props: QueuedBucketEventsProps;

  constructor(scope: Construct, id: string, props: QueuedBucketEventsProps) {
    super(scope, id);
    this.props = props;
    this.validatePrefix();
    this.validateBatchSize();
    this.validateConcurrency();
    this.validateVisibility();
    this.validateReceiveCount();
    this.deadLetters = new SecureQueue(this, 'dead_letters', {
      queueName: `${props.function.functionName}_events_dead_letters`,
      key: props.key,
    });
    this.queue = this.addQueue();
    this.addNotification();
    this.mapping = this.addMapping();
    this.addAlarms();
  }

  private addQueue(): SecureQueue {
    return new SecureQueue(this, 'queue', {
      queueName: `${this.props.function.functionName}_events`,
      key: this.props.key,
      visibilityTimeoutSeconds: this.props.visibilityTimeoutSeconds ?? this.leastVisibilitySeconds,
      deadLetters: { queue: this.deadLetters, maxReceiveCount: this.props.maxReceiveCount ?? 5 },
    });
  }

  private addNotification(): void {
    const { bucket, events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'], prefix, suffix } = this.props;
    this.queue.grantSendFromService('s3.amazonaws.com', bucket.arn, LakewrightStack.of(this).environment.aws.accountId);
    const rule = { id: this.node.id, queueArn: this.queue.arn, events: [...events], filterPrefix: prefix, filterSuffix: suffix };
    bucket.addQueueNotification(rule, [this.queue.policy]);
  }

  private addMapping(): LambdaEventSourceMapping {
    this.queue.grantConsume(this.props.function);
    return new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: this.queue.arn,
      functionName: this.props.function.arn,
      batchSize: this.props.batchSize ?? 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: this.props.maxConcurrency ?? 10 },
      // Lambda checks at creation that the role may receive.
      dependsOn: [...this.props.function.role.ready],
    });
  }

  private addAlarms(): void {
    const { alarms } = this.props;
    const age = this.props.maxMessageAgeSeconds ?? 900;
    alarms.addAlarm(this, 'age_alarm', {
      alarmName: `${this.queue.queueName} age`,
      description: `The oldest event in ${this.queue.queueName} waits for ${age} s: is ${this.props.function.functionName} failing or too slow?`,
      runbook: 'queue-age',
      namespace: 'AWS/SQS',
      dimensions: { QueueName: this.queue.queueName },
      metricName: 'ApproximateAgeOfOldestMessage',
      statistic: 'Maximum',
      threshold: age,
    });
    alarms.addAlarm(this, 'dead_letters_alarm', {
      alarmName: `${this.deadLetters.queueName} not empty`,
      description: `Events were given up: mend ${this.props.function.functionName}, then start a redrive of ${this.deadLetters.queueName}.`,
      runbook: 'queue-dead-letters',
      namespace: 'AWS/SQS',
      dimensions: { QueueName: this.deadLetters.queueName },
      metricName: 'ApproximateNumberOfMessagesVisible',
      statistic: 'Maximum',
      threshold: 1,
    });
  }

  /** Docs: "Configure a queue to use with Lambda". */
  private get leastVisibilitySeconds(): number {
    return 6 * this.props.function.timeoutSeconds;
  }

  private validatePrefix(): void {
    const { prefix } = this.props;
    if (prefix === undefined || (prefix !== '' && !prefix.startsWith('/') && !prefix.includes('*'))) return;
    throw new LakewrightError(
      'CONSTRUCT_EVENTS_PREFIX',
      `prefix: must be the beginning of a key, without "/" in front and without "*" (got "${prefix}")`,
      { hint: 'listings/' },
    );
  }

  private validateBatchSize(): void {
    const { batchSize } = this.props;
    if (batchSize === undefined || (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 10)) return;
    throw new LakewrightError('CONSTRUCT_EVENTS_BATCH', `batchSize: must be 1 to 10 (got ${batchSize})`, {
      hint: 'more than ten would make the function wait for a batching window',
    });
  }

  private validateConcurrency(): void {
    const { maxConcurrency } = this.props;
    if (maxConcurrency === undefined || (Number.isInteger(maxConcurrency) && maxConcurrency >= 2 && maxConcurrency <= 1000))
      return;
    throw new LakewrightError('CONSTRUCT_EVENTS_CONCURRENCY', `maxConcurrency: must be 2 to 1000 (got ${maxConcurrency})`, {
      hint: 'reservedConcurrency of the function goes down to 1, at the price of throttled receipts',
    });
  }

  private validateVisibility(): void {
    const seconds = this.props.visibilityTimeoutSeconds;
    if (seconds === undefined || seconds >= this.leastVisibilitySeconds) return;
    throw new LakewrightError(
      'CONSTRUCT_EVENTS_VISIBILITY',
      `visibilityTimeoutSeconds: must be ${this.leastVisibilitySeconds} or more, six times the timeout of ${this.props.function.functionName} (got ${seconds})`,
      { hint: 'leave it out' },
    );
  }

  private validateReceiveCount(): void {
    const { maxReceiveCount } = this.props;
    if (maxReceiveCount === undefined || maxReceiveCount >= 5) return;
    throw new LakewrightError('CONSTRUCT_EVENTS_REDRIVE', `maxReceiveCount: must be 5 or more (got ${maxReceiveCount})`, {
      hint: 'throttled receipts count too: fewer would turn good events into dead letters',
    });
  }
}
