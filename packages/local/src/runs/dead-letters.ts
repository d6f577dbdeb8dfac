import { GetFunctionConfigurationCommand, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { LakewrightError } from '@lakewright/config';
import type { AwsClients } from '../aws/clients';
import { queueName } from '../aws/names';

/** A queue that feeds a Lambda function. */
export interface Feed {
  readonly queue: string;
  /** ARN */
  readonly function: string;
}

/** How many messages a queue holds: waiting, in flight and delayed. */
export interface Depth {
  readonly queue: string;
  readonly messages: number;
}

/** The queues that feed a function through a mapping that is switched on. */
export async function feedingQueues(aws: AwsClients): Promise<readonly Feed[]> {
  const feeds: Feed[] = [];
  for await (const page of paginateListEventSourceMappings({ client: aws.lambda }, {})) {
    for (const { EventSourceArn = '', FunctionArn = '', State } of page.EventSourceMappings ?? []) {
      // A mapping that is switched off empties nothing.
      if (!EventSourceArn.includes(':sqs:') || State === 'Disabled' || State === 'Disabling') continue;
      feeds.push({ queue: queueName(EventSourceArn), function: FunctionArn });
    }
  }
  return feeds;
}

/** Where a queue's messages go that could not be handled; undefined when it has no such queue. */
export async function deadLettersOf(aws: AwsClients, queue: string): Promise<string | undefined> {
  const { RedrivePolicy } = await attributesOf(aws, queue);
  return RedrivePolicy
    ? queueName((JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn)
    : undefined;
}

/** The dead letters of queues and of their functions, queue by queue. */
export async function countDeadLetters(aws: AwsClients, feeds: readonly Feed[]): Promise<readonly Depth[]> {
  const names = new Set<string>();
  for (const { queue, function: FunctionName } of feeds) {
    const ofQueue = await deadLettersOf(aws, queue);
    if (ofQueue) names.add(ofQueue);
    const { DeadLetterConfig } = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (DeadLetterConfig?.TargetArn?.includes(':sqs:')) names.add(queueName(DeadLetterConfig.TargetArn));
  }
  return Promise.all([...names].map((queue) => depth(aws, queue)));
}

/** What is in `now` beyond what was there before. */
export function addedSince(before: readonly Depth[], now: readonly Depth[]): readonly Depth[] {
  return now
    .map(({ queue, messages }) => ({ queue, messages: messages - (before.find((each) => each.queue === queue)?.messages ?? 0) }))
    .filter(({ messages }) => messages > 0);
}

export async function depth(aws: AwsClients, queue: string): Promise<Depth> {
  const attributes = await attributesOf(aws, queue);
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'];
  return { queue, messages: names.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0) };
}

/** Dead letters are data that is missing from every table: a run that leaves some has failed. */
export function deadLettersError(dead: readonly Depth[], redrive: string | undefined): LakewrightError {
  return new LakewrightError('LOCAL_DEAD_LETTERS', `events that could not be handled: ${listed(dead)}`, {
    hint: `the log of the Lambda says why (lakewright logs <function>); mend the cause, then ${howToRedrive(redrive)}`,
  });
}

/** Told of dead letters that were there before a run: they are missing from the tables, but not by its fault. */
export function deadLettersNotice(dead: readonly Depth[], redrive: string | undefined): string {
  return `${listed(dead)} from earlier runs, missing from the tables: when the cause is mended, ${howToRedrive(redrive)}`;
}

function howToRedrive(command: string | undefined): string {
  return command ? `"${command}" brings them back` : 'move the messages back to their queue, or purge them';
}

export function listed(depths: readonly Depth[]): string {
  return depths.map(({ queue, messages }) => `${messages} in ${queue}`).join(', ');
}

async function attributesOf(aws: AwsClients, QueueName: string): Promise<Record<string, string>> {
  const { QueueUrl } = await aws.sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes ?? {};
}
