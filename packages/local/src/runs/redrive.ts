import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { LakewrightError } from '@lakewright/config';
import { type AwsClients, awsClients } from '../aws/clients';
import { functionName } from '../aws/names';
import type { LocalContext } from '../context';
import { deadLettersOf, depth, feedingQueues } from './dead-letters';
import { type Baseline, baseline, type DrainOptions, drain } from './drain';

/** What a redrive did. */
export interface RedriveResult {
  /** Messages in the dead-letter queues when it began. */
  readonly dead_letters: number;
  /** Messages moved back to the queues they came from, and handled. */
  readonly handled: number;
}

/** A message taken and not deleted is seen again after this: it bounds what an interrupted redrive holds back. */
const HOLD_SECONDS = 20;

/**
 * Moves the dead letters of a function's queues back to these queues and waits until they have been handled. Each is sent before it
 * is deleted, so that an interruption may double a message and never loses one. (StartMessageMoveTask, which does it in the cloud,
 * does not exist in ministack 1.5.)
 *
 * @throws LakewrightError LOCAL_NO_DEAD_LETTER_QUEUE when nothing feeds the function, or no queue of it has dead letters;
 * LOCAL_DEAD_LETTERS with the count of those that failed again; LOCAL_REDRIVE, LOCAL_DRAIN_TIMEOUT
 */
export async function redrive(context: LocalContext, name: string, options: DrainOptions = {}): Promise<RedriveResult> {
  const before = await baseline(context);
  const moved = await moveAll(context, name);
  const total = moved.reduce((sum, { messages }) => sum + messages, 0);
  const left: Baseline = {
    ...before,
    deadLetters: before.deadLetters.map(({ queue, messages }) => ({
      queue,
      messages: messages - (moved.find((each) => each.queue === queue)?.messages ?? 0),
    })),
  };
  try {
    await drain(context, left, { ...options, moved: total });
  } catch (error) {
    if (!(error instanceof LakewrightError) || error.code !== 'LOCAL_DEAD_LETTERS') throw error;
    throw new LakewrightError(error.code, `${total} dead letters were moved back; ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
  return { dead_letters: total, handled: total };
}

async function moveAll(context: LocalContext, name: string): Promise<{ queue: string; messages: number }[]> {
  const aws = awsClients(context);
  try {
    const feeds = (await feedingQueues(aws)).filter((feed) => functionName(feed.function) === name);
    const moved: { queue: string; messages: number }[] = [];
    for (const { queue } of feeds) {
      const dead = await deadLettersOf(aws, queue);
      if (dead !== undefined) moved.push({ queue: dead, messages: await move(aws, dead, queue) });
    }
    if (moved.length > 0) return moved;
    throw new LakewrightError('LOCAL_NO_DEAD_LETTER_QUEUE', `no queue of ${name} has a dead-letter queue`, {
      hint: 'is it deployed? lakewright up; a redrive needs a queue with a redrive policy that feeds the function',
    });
  } finally {
    aws.close();
  }
}

/** Moves what is there now, and no more: what fails again while this goes on stays a dead letter. */
async function move(aws: AwsClients, from: string, to: string): Promise<number> {
  const [source, target] = await Promise.all([urlOf(aws, from), urlOf(aws, to)]);
  const { messages: total } = await depth(aws, from);
  const deadline = Date.now() + 3 * HOLD_SECONDS * 1000;
  let moved = 0;
  while (moved < total) {
    const messages = await receive(aws, source, Math.min(10, total - moved));
    for (const message of messages) {
      await send(aws, target, message);
      await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: source, ReceiptHandle: message.ReceiptHandle }));
    }
    moved += messages.length;
    if (messages.length > 0 || Date.now() < deadline) continue;
    throw new LakewrightError('LOCAL_REDRIVE', `${total - moved} of ${total} messages of ${from} could not be received`, {
      hint: 'another redrive holds them: try again in a minute',
    });
  }
  return moved;
}

async function receive(aws: AwsClients, QueueUrl: string, MaxNumberOfMessages: number): Promise<readonly Message[]> {
  const { Messages = [] } = await aws.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages,
      VisibilityTimeout: HOLD_SECONDS,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['MessageGroupId', 'MessageDeduplicationId'],
    }),
  );
  return Messages;
}

async function send(aws: AwsClients, QueueUrl: string, { Body, MessageAttributes, Attributes }: Message): Promise<void> {
  await aws.sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: Body,
      MessageAttributes,
      MessageGroupId: Attributes?.MessageGroupId,
      MessageDeduplicationId: Attributes?.MessageDeduplicationId,
    }),
  );
}

async function urlOf(aws: AwsClients, QueueName: string): Promise<string> {
  const { QueueUrl } = await aws.sqs.send(new GetQueueUrlCommand({ QueueName }));
  return QueueUrl!;
}
