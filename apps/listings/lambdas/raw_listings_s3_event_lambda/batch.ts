import { buildMessage, type Message, messageKey, type ReadVersion } from './message';
import { type BucketEvent, readNotification } from './notification';

/** The part of an SQS event that is used here. */
export interface SqsBatch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** The answer of a function with `ReportBatchItemFailures`: SQS delivers these messages again, and only these. */
export interface BatchAnswer {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** Puts a message at a key unless there is one already. */
export type StageMessage = (key: string, message: Message) => Promise<void>;

export interface BatchPorts {
  readonly read: ReadVersion;
  readonly stage: StageMessage;
  /** Told of each event whose message is staged. */
  readonly handled?: (message: Message) => void;
  /** Told of each failure, so that it can be logged. */
  readonly failed: (messageId: string, error: unknown) => void;
}

/** Documents up to this size are handled side by side, larger ones one after the other: ten at once would not fit into memory. */
const SMALL_DOCUMENT = 256 * 1024;

/**
 * Handles a batch. Every event of every message is tried, whatever happens to the others; a message with a failed event is
 * reported, comes again, and the events that had succeeded find their message already there.
 */
export async function handleBatch(batch: SqsBatch, prefix: string, ports: BatchPorts): Promise<BatchAnswer> {
  const inTurn = new Turns();
  const failures = await Promise.all(
    batch.Records.map(async ({ messageId, body }) => {
      const errors = await handleBody(body, prefix, ports, inTurn);
      for (const error of errors) ports.failed(messageId, error);
      return errors.length > 0 ? [{ itemIdentifier: messageId }] : [];
    }),
  );
  return { batchItemFailures: failures.flat() };
}

/** The errors of one message's events; none if all went well. */
async function handleBody(body: string, prefix: string, { read, stage, handled }: BatchPorts, inTurn: Turns): Promise<unknown[]> {
  const handle = async (event: BucketEvent) => {
    const message = await buildMessage(event, read);
    await stage(messageKey(prefix, message), message);
    handled?.(message);
  };
  try {
    const outcomes = await Promise.allSettled(
      readNotification(body).map((event) =>
        (event.size ?? 0) > SMALL_DOCUMENT ? inTurn.take(() => handle(event)) : handle(event),
      ),
    );
    return outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  } catch (error) {
    return [error];
  }
}

/** Lets actions run one after the other, whatever becomes of each. */
class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(action: () => Promise<T>): Promise<T> {
    const result = this.last.then(action);
    this.last = result.catch(() => undefined);
    return result;
  }
}
