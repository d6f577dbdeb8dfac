import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { mend } from './mend';
import type { Facts, ResourceRunner, Runner } from './runner';
import { jsonDocument, optionalBoolean, optionalText, text } from './values';

const topic: ResourceRunner = {
  identity: (resource) => ({ name: text(resource, 'name'), arn: text(resource, 'arn') }),
  async reconcile(resource, { aws: { sns } }) {
    const TopicArn = text(resource, 'arn');
    const wanted = defined({
      DisplayName: optionalText(resource.values, 'display_name'),
      KmsMasterKeyId: optionalText(resource.values, 'kms_master_key_id'),
      Policy: jsonDocument(optionalText(resource.values, 'policy')),
    });
    const actual = await found(sns.send(new GetTopicAttributesCommand({ TopicArn })));
    return mend(actual?.Attributes, wanted, async () => {
      if (!actual) {
        const FifoTopic = optionalBoolean(resource.values, 'fifo_topic') ? 'true' : undefined;
        await sns.send(new CreateTopicCommand({ Name: text(resource, 'name'), Attributes: defined({ FifoTopic }) }));
      }
      await setTopicAttributes(sns, TopicArn, wanted);
    });
  },
  async remove({ identity }, { aws: { sns } }) {
    await found(sns.send(new DeleteTopicCommand({ TopicArn: identity.arn! })));
  },
};

async function setTopicAttributes(sns: SNSClient, TopicArn: string, attributes: Record<string, string>): Promise<void> {
  for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
  }
}

const topicPolicy: ResourceRunner = {
  identity: (resource) => ({ arn: text(resource, 'arn') }),
  async reconcile(resource, { aws: { sns } }) {
    const TopicArn = text(resource, 'arn');
    const Policy = jsonDocument(text(resource, 'policy'))!;
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    return mend(Attributes?.Policy, Policy, () => setTopicAttributes(sns, TopicArn, { Policy }));
  },
  // A topic cannot be without a policy: it goes with the topic.
  async remove() {},
};

const subscription: ResourceRunner = {
  limits: 'nothing leaves this machine: e-mail, SMS and outside addresses get no message',
  identity: (resource) => ({
    topic: text(resource, 'topic_arn'),
    protocol: text(resource, 'protocol'),
    endpoint: text(resource, 'endpoint'),
  }),
  async reconcile(resource, { aws: { sns } }) {
    const wanted = defined({
      RawMessageDelivery: optionalBoolean(resource.values, 'raw_message_delivery') ? 'true' : undefined,
      FilterPolicy: jsonDocument(optionalText(resource.values, 'filter_policy')),
      FilterPolicyScope: optionalText(resource.values, 'filter_policy_scope'),
      RedrivePolicy: jsonDocument(optionalText(resource.values, 'redrive_policy')),
    });
    const arn = await findSubscription(sns, subscription.identity(resource));
    if (!arn) {
      await subscribe(sns, resource, wanted);
      return 'created';
    }
    const actual = await found(sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })));
    return mend(actual?.Attributes ?? {}, wanted, async () => {
      for (const [AttributeName, AttributeValue] of Object.entries(wanted)) {
        await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn: arn, AttributeName, AttributeValue }));
      }
    });
  },
  async remove({ identity }, { aws: { sns } }) {
    const arn = await findSubscription(sns, identity);
    if (arn) await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
  },
};

async function subscribe(sns: SNSClient, resource: DeployedResource, Attributes: Record<string, string>): Promise<void> {
  const { topic: TopicArn, protocol: Protocol, endpoint: Endpoint } = subscription.identity(resource);
  await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }));
}

/** By what it connects: its ARN is the service's own invention and another one than the state's. */
async function findSubscription(sns: SNSClient, { topic: TopicArn, protocol, endpoint }: Facts): Promise<string | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await found(sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: TopicArn!, NextToken })));
    const match = page?.Subscriptions?.find((one) => one.Protocol === protocol && one.Endpoint === endpoint);
    if (match) return match.SubscriptionArn;
    NextToken = page?.NextToken;
  } while (NextToken);
  return undefined;
}

function defined(attributes: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Topics, their policies and subscriptions. */
export const snsRunner: Runner = {
  family: 'sns',
  resources: { aws_sns_topic: topic, aws_sns_topic_policy: topicPolicy, aws_sns_topic_subscription: subscription },
};
