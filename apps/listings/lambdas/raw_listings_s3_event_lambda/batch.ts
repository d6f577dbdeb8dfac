import { buildMessage, type Message, messageKey, type ReadVersion } from './message';
import { readNotification } from './notification';

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

/**
 * Handles a batch. Every event of every message is tried, whatever happens to the others; a message with a failed event is
 * reported, comes again, and the events that had succeeded find their message already there.
 */
export async function handleBatch(batch: SqsBatch, prefix: string, ports: BatchPorts): Promise<BatchAnswer> {
  const failures = await Promise.all(
    batch.Records.map(async ({ messageId, body }) => {
      const errors = await handleBody(body, prefix, ports);
      for (const error of errors) ports.failed(messageId, error);
      return errors.length > 0 ? [{ itemIdentifier: messageId }] : [];
    }),
  );
  return { batchItemFailures: failures.flat() };
}

/** The errors of one message's events; none if all went well. */
async function handleBody(body: string, prefix: string, { read, stage, handled }: BatchPorts): Promise<unknown[]> {
  try {
    const outcomes = await Promise.allSettled(
      readNotification(body).map(async (event) => {
        const message = await buildMessage(event, read);
        await stage(messageKey(prefix, message), message);
        handled?.(message);
      }),
    );
    return outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  } catch (error) {
    return [error];
  }
}
