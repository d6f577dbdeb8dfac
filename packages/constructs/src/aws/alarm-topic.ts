import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { runbookOf } from '../runbook';
import { type PolicyStatement, policyDocument } from './policy';
import type { StackKey } from './stack-key';

export interface AlarmTopicProps {
  readonly topicName: string;
  readonly key: StackKey;
  /** Each gets a mail to confirm. @default nobody is told */
  readonly emails?: readonly string[];
}

export interface AlarmProps {
  readonly alarmName: string;
  /** What it means, in a sentence, for the person it wakes. */
  readonly description: string;
  /** Name of the page in docs/runbooks that says how to look and how to mend; its address ends the description. */
  readonly runbook: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'Average';
  /** The alarm goes off at this value. */
  readonly threshold: number;
  /** And on which side of it. @default 'above' */
  readonly side?: 'above' | 'below';
  /** @default 300 */
  readonly periodSeconds?: number;
  /** Periods in a row that must be so. @default 1: the first one rings */
  readonly periods?: number;
}

/** Services that may publish to the topic on behalf of this account. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] as const;

/** Tells of tasks that stopped; the metrics of a task that does not run are silent. */
const EVENTS_OF_DMS = 'dms.amazonaws.com' as const;

/** Where all alarms of an account go. */
export class AlarmTopic extends Construct {
  readonly topic: SnsTopic;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    this.topic = new SnsTopic(this, 'topic', { name: props.topicName, kmsMasterKeyId: props.key.arn });
    this.arn = this.topic.arn;
    for (const service of [...PUBLISHERS, EVENTS_OF_DMS]) props.key.grantDelivery(service);
    new SnsTopicPolicy(this, 'policy', { arn: this.topic.arn, policy: policyDocument(this.policyStatements()) });
    for (const [index, email] of (props.emails ?? []).entries()) {
      new SnsTopicSubscription(this, `email_${index}`, { topicArn: this.topic.arn, protocol: 'email', endpoint: email });
    }
  }

  /** An alarm in the stack of `scope` that tells this topic when it goes off and when it is over. */
  addAlarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm {
    this.validatePeriod(props.periodSeconds);
    return new CloudwatchMetricAlarm(scope, id, {
      alarmName: props.alarmName,
      alarmDescription: `${props.description} Runbook: ${runbookOf(scope, props.runbook)}`,
      namespace: props.namespace,
      metricName: props.metricName,
      dimensions: { ...props.dimensions },
      statistic: props.statistic,
      threshold: props.threshold,
      comparisonOperator: props.side === 'below' ? 'LessThanOrEqualToThreshold' : 'GreaterThanOrEqualToThreshold',
      period: props.periodSeconds ?? 300,
      evaluationPeriods: props.periods ?? 1,
      // No invocation is no error: silence must not ring.
      treatMissingData: 'notBreaching',
      alarmActions: [this.arn],
      okActions: [this.arn],
    });
  }

  private policyStatements(): PolicyStatement[] {
    const { accountId } = LakewrightStack.of(this).environment.aws;
    return [
      {
        sid: 'PublishAlarms',
        principals: { services: PUBLISHERS },
        actions: ['sns:Publish'],
        resources: [this.arn],
        conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
      {
        // DMS names no source when it publishes (DMS User Guide, "Validating the access policy of your SNS topic").
        sid: 'PublishEventsOfDms',
        principals: { services: [EVENTS_OF_DMS] },
        actions: ['sns:Publish'],
        resources: [this.arn],
      },
      {
        sid: 'DenyInsecureTransport',
        effect: 'Deny',
        principals: { aws: ['*'] },
        actions: ['sns:Publish'],
        resources: [this.arn],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ];
  }

  private validatePeriod(seconds: number | undefined): void {
    if (seconds === undefined || (seconds > 0 && seconds % 60 === 0)) return;
    throw new LakewrightError('CONSTRUCT_ALARM_PERIOD', `periodSeconds: must be a multiple of 60 (got ${seconds})`, {
      hint: 'CloudWatch keeps standard metrics by the minute',
    });
  }
}
