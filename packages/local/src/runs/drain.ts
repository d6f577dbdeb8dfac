import { setTimeout as sleep } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { LakewrightError } from '@lakewright/config';
import { type AwsClients, awsClients } from '../aws/clients';
import { awsEndpoint, type LocalContext } from '../context';
import { queueName } from '../runners/sqs';

export interface DrainOptions {
  /** Bound of the wait. @default 300 s */
  readonly timeoutMs?: number;
  /**
   * Enough when as many events were handled as waited at the beginning, though others may go on publishing.
   * @default false: nothing may be on its way
   */
  readonly caughtUp?: boolean;
  /** Told at each look: S3 events handled of those that there are so far. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What the launcher counts; see launcher.py. */
interface Activity {
  readonly fired: number;
  readonly sent: number;
  readonly busy: number;
  readonly missed: number;
}

const POLL_MS = 100;
/** Looks in a row at which nothing may be on its way: what one look misses between two queues, the next ones see. */
const QUIET_LOOKS = 4;

/** Where S3 events stand now: taken before a run, so that `drain` knows which are the run's. */
export async function s3EventsFired(context: LocalContext): Promise<number> {
  return (await activity(context)).fired;
}

/** S3 events that a kill may have swallowed and that nobody has sent again. */
export async function s3EventsMissed(context: LocalContext): Promise<number> {
  return (await activity(context)).missed;
}

/** Sends them again, as they were; whoever has handled one already recognizes it. @returns how many */
export async function replayS3Events(context: LocalContext): Promise<number> {
  const response = await fetch(`${awsEndpoint(context).endpoint}/_lakewright/replay`, { method: 'POST' });
  return ((await response.json()) as { replayed: number }).replayed;
}

/**
 * Waits until everything that was set going has been handled: every S3 event sent on, every queue that feeds a Lambda empty
 * (waiting, in flight, delayed), no Lambda at work. `since` is `s3EventsFired` before the run.
 *
 * @returns the number of S3 events since then
 * @throws LakewrightError LOCAL_DRAIN_TIMEOUT naming the queues that are not empty; LOCAL_DEAD_LETTERS with the count of
 * messages that could not be handled
 */
export async function drain(context: LocalContext, since: number, options: DrainOptions = {}): Promise<number> {
  const aws = awsClients(context);
  try {
    const queues = await feedingQueues(aws);
    const deadline = Date.now() + (options.timeoutMs ?? 300_000);
    let backlog: { readonly waiting: number; readonly fired: number } | undefined;
    for (let quiet = 0; ; ) {
      const { fired, sent, busy } = await activity(context);
      const depths = await Promise.all(queues.map((queue) => depth(aws, queue)));
      const waiting = depths.reduce((sum, { messages }) => sum + messages, 0) + fired - sent;
      options.onProgress?.({ done: Math.max(0, fired - since - waiting), total: fired - since });
      quiet = waiting === 0 && busy === 0 ? quiet + 1 : 0;
      backlog ??= { waiting, fired };
      const handled = backlog.waiting + fired - backlog.fired - waiting;
      if (quiet >= QUIET_LOOKS || (options.caughtUp && backlog.waiting > 0 && handled >= backlog.waiting)) {
        await refuseDeadLetters(aws, queues);
        return fired - since;
      }
      if (Date.now() > deadline) throw timeout(depths, fired - sent, busy);
      await sleep(POLL_MS);
    }
  } finally {
    aws.close();
  }
}

async function activity(context: LocalContext): Promise<Activity> {
  const response = await fetch(`${awsEndpoint(context).endpoint}/_lakewright/activity`, { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as Activity;
}

interface Feed {
  readonly queue: string;
  readonly function: string;
}

async function feedingQueues(aws: AwsClients): Promise<Feed[]> {
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

interface Depth {
  readonly queue: string;
  readonly messages: number;
}

async function depth(aws: AwsClients, feed: Feed): Promise<Depth> {
  return { queue: feed.queue, messages: await messagesIn(aws, feed.queue) };
}

async function messagesIn(aws: AwsClients, QueueName: string): Promise<number> {
  const attributes = await attributesOf(aws, QueueName);
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'];
  return names.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
}

async function attributesOf(aws: AwsClients, QueueName: string): Promise<Record<string, string>> {
  const { QueueUrl } = await aws.sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes ?? {};
}

/** Dead letters are data that is missing from every table: a run that leaves some has failed. */
async function refuseDeadLetters(aws: AwsClients, feeds: readonly Feed[]): Promise<void> {
  const names = new Set<string>();
  for (const { queue, function: FunctionName } of feeds) {
    const { RedrivePolicy } = await attributesOf(aws, queue);
    if (RedrivePolicy) names.add(queueName((JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn));
    const { DeadLetterConfig } = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (DeadLetterConfig?.TargetArn?.includes(':sqs:')) names.add(queueName(DeadLetterConfig.TargetArn));
  }
  const dead = await Promise.all([...names].map(async (queue) => ({ queue, messages: await messagesIn(aws, queue) })));
  const found = dead.filter(({ messages }) => messages > 0);
  if (found.length === 0) return;
  throw new LakewrightError('LOCAL_DEAD_LETTERS', `events that could not be handled: ${listed(found)}`, {
    hint: 'the log of the Lambda says why (lakewright logs ministack); then move the messages back to their queue, or purge them',
  });
}

function timeout(depths: readonly Depth[], unsent: number, busy: number): LakewrightError {
  const full = depths.filter(({ messages }) => messages > 0);
  const parts = [
    full.length > 0 ? listed(full) : [],
    unsent > 0 ? `${unsent} S3 events not sent yet` : [],
    busy > 0 ? `${busy} Lambdas at work` : [],
  ];
  return new LakewrightError('LOCAL_DRAIN_TIMEOUT', `the events were not handled in time: ${parts.flat().join('; ')}`, {
    hint: 'lakewright logs ministack shows whether the Lambda fails; a failing message waits out its visibility timeout before the next try',
  });
}

function listed(depths: readonly Depth[]): string {
  return depths.map(({ queue, messages }) => `${messages} in ${queue}`).join(', ');
}
