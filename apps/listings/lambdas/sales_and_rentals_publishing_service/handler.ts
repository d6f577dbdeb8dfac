import { S3Client } from '@aws-sdk/client-s3';
import { type Invocation, logLine } from '../../../log-line';
import { s3Bucket } from './bucket';
import { readPayload } from './payload';
import { publishRun, type RunResult } from './run';

/** Made at the first invocation and kept: connections are reused while the function is warm. */
let client: S3Client | undefined;

/**
 * Simulates the backend of a property portal: creates, changes and deletes listings in the bucket LISTINGS_BUCKET.
 * @param event `{count?, seed?, mix?: {create?, update?, delete?}, as_of?, run_id?}`, see `readPayload`
 * @returns the run's id and how many operations of each kind it did; the same is one line in the log
 * @throws PayloadError for a payload that breaks a rule; the error of S3 for a call that failed after its retries
 */
export async function handler(event: unknown, invocation: Invocation = {}): Promise<RunResult> {
  const began = Date.now();
  const request_id = invocation.awsRequestId ?? null;
  const payload = readPayload(event);
  const bucket = process.env.LISTINGS_BUCKET;
  if (!bucket) throw new Error('LISTINGS_BUCKET is not set: it must name the bucket that listings are published to');
  client ??= new S3Client({});
  try {
    const result = await publishRun(payload, s3Bucket(client, bucket));
    logLine('INFO', 'run published', { ...result, duration_ms: Date.now() - began, request_id });
    return result;
  } catch (error) {
    const run_id = payload.run_id ?? null;
    logLine('ERROR', 'run failed', { run_id, error: String(error), duration_ms: Date.now() - began, request_id });
    throw error;
  }
}
