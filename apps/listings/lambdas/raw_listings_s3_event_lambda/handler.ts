import { S3Client } from '@aws-sdk/client-s3';
import { type Invocation, logLine } from '../../../log-line';
import { type BatchAnswer, handleBatch, type SqsBatch } from './batch';
import type { Message } from './message';
import { readVersionFrom, stageMessagesIn } from './s3';

/** Made at the first invocation and kept: connections are reused while the function is warm. */
let client: S3Client | undefined;

/**
 * Turns events of the listings bucket (S3 -> SQS -> this function) into messages below STAGING_PREFIX in STAGING_BUCKET.
 * @returns the SQS messages to deliver again; each failure is one line in the log, and the batch one more
 */
export async function handler(batch: SqsBatch, invocation: Invocation = {}): Promise<BatchAnswer> {
  const began = Date.now();
  const request_id = invocation.awsRequestId ?? null;
  const bucket = setting('STAGING_BUCKET', 'the bucket that messages are written to');
  const prefix = setting('STAGING_PREFIX', 'the folder of the messages in it, such as events/');
  client ??= new S3Client({});
  // Not the whole messages: ten large documents would not fit into memory.
  const staged: Pick<Message, 'run_id' | 'event_type'>[] = [];
  const answer = await handleBatch(batch, prefix, {
    read: readVersionFrom(client),
    stage: stageMessagesIn(client, bucket),
    handled: ({ run_id, event_type }) => staged.push({ run_id, event_type }),
    failed: (messageId, error) =>
      logLine('ERROR', 'event failed', { sqs_message_id: messageId, error: String(error), request_id }),
  });
  logLine('INFO', 'batch handled', {
    run_ids: [...new Set(staged.flatMap(({ run_id }) => run_id ?? []))].sort(),
    received: batch.Records.length,
    staged: staged.length,
    removals: staged.filter(({ event_type }) => event_type.startsWith('ObjectRemoved:')).length,
    failed: answer.batchItemFailures.length,
    duration_ms: Date.now() - began,
    request_id,
  });
  return answer;
}

function setting(name: string, meaning: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it must name ${meaning}`);
  return value;
}
