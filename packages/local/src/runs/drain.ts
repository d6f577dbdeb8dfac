import { setTimeout as sleep } from 'node:timers/promises';
import { LakewrightError } from '@lakewright/config';
import { awsClients } from '../aws/clients';
import { awsEndpoint, type LocalContext } from '../context';
import { addedSince, countDeadLetters, type Depth, deadLettersError, depth, feedingQueues, listed } from './dead-letters';

export interface DrainOptions {
  /** Bound of the wait. @default 300 s */
  readonly timeoutMs?: number;
  /** Events set going by other means than S3: messages that were moved back to their queue. @default none */
  readonly moved?: number;
  /** The command that brings dead letters back, for the hint. */
  readonly redrive?: string;
  /**
   * Enough when as many events were handled as waited at the beginning, though others may go on publishing.
   * @default false: nothing may be on its way
   */
  readonly caughtUp?: boolean;
  /** Told at each look: S3 events handled of those that there are so far. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** How things stood before a run: tells what is the run's from what was there. */
export interface Baseline {
  /** S3 events since the AWS API was started. */
  readonly fired: number;
  readonly deadLetters: readonly Depth[];
}

export interface Drained {
  /** Events handled since the baseline. */
  readonly events: number;
  /** Dead letters that were there before and still are. */
  readonly oldDeadLetters: readonly Depth[];
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

/** How things stand now: taken before a run. */
export async function baseline(context: LocalContext): Promise<Baseline> {
  const aws = awsClients(context);
  try {
    const deadLetters = await countDeadLetters(aws, await feedingQueues(aws));
    return { fired: (await activity(context)).fired, deadLetters };
  } finally {
    aws.close();
  }
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
 * (waiting, in flight, delayed), no Lambda at work.
 *
 * @throws LakewrightError LOCAL_DRAIN_TIMEOUT naming the queues that are not empty; LOCAL_DEAD_LETTERS with the count of
 * messages that have become dead letters since the baseline
 */
export async function drain(context: LocalContext, before: Baseline, options: DrainOptions = {}): Promise<Drained> {
  const aws = awsClients(context);
  try {
    const feeds = await feedingQueues(aws);
    const deadline = Date.now() + (options.timeoutMs ?? 300_000);
    let backlog: { readonly waiting: number; readonly fired: number } | undefined;
    for (let quiet = 0; ; ) {
      const { fired, sent, busy } = await activity(context);
      const depths = await Promise.all(feeds.map(({ queue }) => depth(aws, queue)));
      const waiting = depths.reduce((sum, { messages }) => sum + messages, 0) + fired - sent;
      const total = fired - before.fired + (options.moved ?? 0);
      options.onProgress?.({ done: Math.max(0, total - waiting), total });
      quiet = waiting === 0 && busy === 0 ? quiet + 1 : 0;
      backlog ??= { waiting, fired };
      const handled = backlog.waiting + fired - backlog.fired - waiting;
      if (quiet >= QUIET_LOOKS || (options.caughtUp && backlog.waiting > 0 && handled >= backlog.waiting)) {
        const dead = await countDeadLetters(aws, feeds);
        const added = addedSince(before.deadLetters, dead);
        if (added.length > 0) throw deadLettersError(added, options.redrive);
        return { events: total, oldDeadLetters: dead.filter(({ messages }) => messages > 0) };
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

function timeout(depths: readonly Depth[], unsent: number, busy: number): LakewrightError {
  const full = depths.filter(({ messages }) => messages > 0);
  const parts = [
    full.length > 0 ? listed(full) : [],
    unsent > 0 ? `${unsent} S3 events not sent yet` : [],
    busy > 0 ? `${busy} Lambdas at work` : [],
  ];
  return new LakewrightError('LOCAL_DRAIN_TIMEOUT', `the events were not handled in time: ${parts.flat().join('; ')}`, {
    hint: 'lakewright logs <function> shows whether the Lambda fails; lakewright logs ministack, whether it runs at all',
  });
}
