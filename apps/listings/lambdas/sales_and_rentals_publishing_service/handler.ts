import { S3Client } from '@aws-sdk/client-s3';
import { s3Bucket } from './bucket';
import { readPayload } from './payload';
import { publishRun, type RunResult } from './run';

/** Made at the first invocation and kept: connections are reused while the function is warm. */
let client: S3Client | undefined;

/**
 * Simulates the backend of a property portal: creates, changes and deletes listings in the bucket LISTINGS_BUCKET.
 * @param event `{count?, seed?, mix?: {create?, update?, delete?}, as_of?}`, see `readPayload`
 * @returns how many operations of each kind it did
 * @throws PayloadError for a payload that breaks a rule; the error of S3 for a call that failed after its retries
 */
export async function handler(event: unknown): Promise<RunResult> {
  const payload = readPayload(event);
  const bucket = process.env.LISTINGS_BUCKET;
  if (!bucket) throw new Error('LISTINGS_BUCKET is not set: it must name the bucket that listings are published to');
  client ??= new S3Client({});
  return publishRun(payload, s3Bucket(client, bucket));
}
