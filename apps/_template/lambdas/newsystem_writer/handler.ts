import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { records } from './records';

/** Made at the first invocation and kept: connections are reused while the function is warm. */
let client: S3Client | undefined;

/**
 * Writes one file of records, one JSON document a line, to the bucket RECORDS_BUCKET.
 * @param event `{count?, seed?}`: how many, and of which seed
 * @returns how many it wrote, and where
 */
export async function handler(event: { count?: number; seed?: number }): Promise<{ written: number; key: string }> {
  const bucket = process.env.RECORDS_BUCKET;
  if (!bucket) throw new Error('RECORDS_BUCKET is not set: it must name the bucket that records are written to');
  const { count = 50, seed = 1 } = event;
  const key = `records/${seed}.json`;
  const lines = records(count, seed).map((record) => JSON.stringify(record));
  client ??= new S3Client({});
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: `${lines.join('\n')}\n` }));
  return { written: lines.length, key };
}
