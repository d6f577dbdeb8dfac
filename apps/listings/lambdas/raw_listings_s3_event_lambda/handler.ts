import { S3Client } from '@aws-sdk/client-s3';
import { type BatchAnswer, handleBatch, type SqsBatch } from './batch';
import { readVersionFrom, stageMessagesIn } from './s3';

/** Made at the first invocation and kept: connections are reused while the function is warm. */
let client: S3Client | undefined;

/**
 * Turns events of the listings bucket (S3 -> SQS -> this function) into messages below STAGING_PREFIX in STAGING_BUCKET.
 * @returns the SQS messages to deliver again; each failure is one line in the log
 */
export async function handler(batch: SqsBatch): Promise<BatchAnswer> {
  const bucket = setting('STAGING_BUCKET', 'the bucket that messages are written to');
  const prefix = setting('STAGING_PREFIX', 'the folder of the messages in it, such as events/');
  client ??= new S3Client({});
  return handleBatch(batch, prefix, {
    read: readVersionFrom(client),
    stage: stageMessagesIn(client, bucket),
    failed: (messageId, error) =>
      console.error(JSON.stringify({ level: 'error', message_id: messageId, error: String(error), name: (error as Error).name })),
  });
}

function setting(name: string, meaning: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it must name ${meaning}`);
  return value;
}
