import type { ComputedResource } from '../computed-resource';
import type { Rules } from '../rule';

const OF_QUEUE: Rules = { id: '{queue_url}' };
const OF_TOPIC: Rules = { id: '{arn}', owner: '{account}' };

/** SQS, SNS, EventBridge, Scheduler, Step Functions. Shapes: the Attribute Reference of each resource (registry.terraform.io, hashicorp/aws). */
export const MESSAGING: Readonly<Record<string, Rules>> = {
  aws_sqs_queue: {
    name: (it) =>
      `${it.text('name_prefix') || 'terraform-'}${it.stable.digits(26)}${it.value('fifo_queue') === true ? '.fifo' : ''}`,
    url: queueUrl,
    id: '{url}',
    arn: 'arn:{partition}:sqs:{region}:{account}:{name}',
    policy: '',
    redrive_policy: '',
    redrive_allow_policy: '',
    deduplication_scope: (it) => (it.value('fifo_queue') === true ? 'queue' : ''),
    fifo_throughput_limit: (it) => (it.value('fifo_queue') === true ? 'perQueue' : ''),
    kms_data_key_reuse_period_seconds: '300',
    sqs_managed_sse_enabled: (it) => it.text('kms_master_key_id') === '',
  },
  aws_sqs_queue_policy: OF_QUEUE,
  aws_sqs_queue_redrive_policy: OF_QUEUE,
  aws_sqs_queue_redrive_allow_policy: OF_QUEUE,
  aws_sns_topic: {
    name: (it) =>
      `${it.text('name_prefix') || 'terraform-'}${it.stable.digits(26)}${it.value('fifo_topic') === true ? '.fifo' : ''}`,
    arn: 'arn:{partition}:sns:{region}:{account}:{name}',
    ...OF_TOPIC,
    policy: '',
    beginning_archive_time: '',
    signature_version: '1',
    tracing_config: 'PassThrough',
  },
  aws_sns_topic_policy: { id: '{arn}', owner: '{account}' },
  aws_sns_topic_subscription: {
    arn: '{topic_arn}:{uuid}',
    id: '{arn}',
    owner_id: '{account}',
    confirmation_was_authenticated: (it) => it.text('protocol') !== 'email',
    pending_confirmation: (it) => it.text('protocol') === 'email',
    filter_policy_scope: '',
  },
  aws_cloudwatch_event_rule: {
    name: '{hex:26}',
    id: (it) => (isDefaultBus(it) ? it.text('name') : it.expand('{event_bus_name}/{name}')),
    arn: (it) => it.expand(`arn:{partition}:events:{region}:{account}:rule/${isDefaultBus(it) ? '' : '{event_bus_name}/'}{name}`),
  },
  aws_cloudwatch_event_target: { target_id: 'terraform-{hex:26}', id: '{rule}-{target_id}' },
  aws_cloudwatch_event_bus: { id: '{name}', arn: 'arn:{partition}:events:{region}:{account}:event-bus/{name}' },
  aws_scheduler_schedule: {
    name: 'terraform-{hex:26}',
    group_name: 'default',
    id: '{group_name}/{name}',
    arn: 'arn:{partition}:scheduler:{region}:{account}:schedule/{group_name}/{name}',
  },
  aws_scheduler_schedule_group: { id: '{name}', arn: 'arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}' },
  aws_sfn_state_machine: {
    name: 'terraform-{hex:26}',
    arn: 'arn:{partition}:states:{region}:{account}:stateMachine:{name}',
    id: '{arn}',
    state_machine_version_arn: (it) => (it.value('publish') === true ? it.expand('{arn}:1') : ''),
    revision_id: '{uuid:revision}',
    status: 'ACTIVE',
    version_description: '',
  },
};

/** A local API answers at the address of the provider's `endpoints` block; the queue's URL is a path below it, as SQS itself has it. */
function queueUrl(it: ComputedResource): string {
  const base = it.settings.endpoints.sqs ?? `https://sqs.${it.expand('{region}')}.amazonaws.com`;
  return `${base}/${it.settings.account}/${it.text('name')}`;
}

function isDefaultBus(it: ComputedResource): boolean {
  return ['', 'default'].includes(it.text('event_bus_name'));
}
