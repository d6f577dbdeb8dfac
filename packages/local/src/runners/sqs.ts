import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { found } from '../aws/found';
import { queueName } from '../aws/names';
import type { DeployedResource } from '../deployment/deployment';
import { mend } from './mend';
import type { Outcome, ResourceRunner, Runner } from './runner';
import { jsonDocument, optionalBoolean, optionalNumber, optionalText, tags, text } from './values';

const queue: ResourceRunner = {
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { aws: { sqs } }) {
    const QueueName = text(resource, 'name');
    const Attributes = queueAttributes(resource);
    const url = await found(sqs.send(new GetQueueUrlCommand({ QueueName })));
    if (!url) {
      await sqs.send(new CreateQueueCommand({ QueueName, Attributes, tags: tags(resource) }));
      return 'created';
    }
    return setAttributes(sqs, url.QueueUrl!, Attributes);
  },
  async remove({ identity }, { aws: { sqs } }) {
    const url = await found(sqs.send(new GetQueueUrlCommand({ QueueName: identity.name! })));
    if (url) await sqs.send(new DeleteQueueCommand({ QueueUrl: url.QueueUrl! }));
  },
};

function queueAttributes(resource: DeployedResource): Record<string, string> {
  const { values } = resource;
  const numbers = {
    VisibilityTimeout: optionalNumber(values, 'visibility_timeout_seconds'),
    MessageRetentionPeriod: optionalNumber(values, 'message_retention_seconds'),
    MaximumMessageSize: optionalNumber(values, 'max_message_size'),
    DelaySeconds: optionalNumber(values, 'delay_seconds'),
    ReceiveMessageWaitTimeSeconds: optionalNumber(values, 'receive_wait_time_seconds'),
  };
  const texts = {
    RedrivePolicy: jsonDocument(optionalText(values, 'redrive_policy')),
    RedriveAllowPolicy: jsonDocument(optionalText(values, 'redrive_allow_policy')),
    Policy: jsonDocument(optionalText(values, 'policy')),
    KmsMasterKeyId: optionalText(values, 'kms_master_key_id'),
    // The attribute cannot be false: a standard queue is one without it.
    FifoQueue: optionalBoolean(values, 'fifo_queue') ? 'true' : undefined,
    ContentBasedDeduplication: optionalBoolean(values, 'content_based_deduplication') ? 'true' : undefined,
  };
  const all = Object.entries({ ...numbers, ...texts }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all.map(([name, value]) => [name, String(value)]));
}

async function setAttributes(sqs: SQSClient, QueueUrl: string, wanted: Record<string, string>): Promise<Outcome> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  // Whether a queue is FIFO is settled when it is made.
  const settable = Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== 'FifoQueue'));
  return mend(Attributes ?? {}, wanted, () => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: settable })));
}

/** A resource that is one attribute of a queue. */
function queueAttribute(attribute: 'Policy' | 'RedrivePolicy' | 'RedriveAllowPolicy', argument: string): ResourceRunner {
  return {
    identity: (resource) => ({ queue: queueName(text(resource, 'queue_url')) }),
    async reconcile(resource, { aws: { sqs } }) {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName(text(resource, 'queue_url')) }));
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [attribute] }));
      const wanted = jsonDocument(text(resource, argument))!;
      return mend(Attributes?.[attribute], wanted, () =>
        sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [attribute]: wanted } })),
      );
    },
    async remove({ identity }, { aws: { sqs } }) {
      const url = await found(sqs.send(new GetQueueUrlCommand({ QueueName: identity.queue! })));
      if (url) await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url.QueueUrl!, Attributes: { [attribute]: '' } }));
    },
  };
}

/** Queues and their policies. */
export const sqsRunner: Runner = {
  family: 'sqs',
  resources: {
    aws_sqs_queue: queue,
    aws_sqs_queue_policy: queueAttribute('Policy', 'policy'),
    aws_sqs_queue_redrive_policy: queueAttribute('RedrivePolicy', 'redrive_policy'),
    aws_sqs_queue_redrive_allow_policy: queueAttribute('RedriveAllowPolicy', 'redrive_allow_policy'),
  },
};
