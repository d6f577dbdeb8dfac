import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StageMessage } from './batch';
import type { ReadVersion } from './message';

const GONE = new Set(['NoSuchVersion', 'NoSuchKey', 'NotFound']);

/** Reads versions from S3. */
export function readVersionFrom(client: S3Client): ReadVersion {
  return async (bucket, key, versionId) => {
    try {
      const request = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId ?? undefined });
      const { Body, Metadata } = await client.send(request);
      return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), runId: Metadata?.['run-id'] };
    } catch (error) {
      if (GONE.has((error as Error).name)) return undefined;
      throw error;
    }
  };
}

/** Writes messages to a bucket. What is there already stays: an event that is delivered twice changes nothing. */
export function stageMessagesIn(client: S3Client, bucket: string): StageMessage {
  return async (key, message) => {
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: `${JSON.stringify(message)}\n`,
          ContentType: 'application/json',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if ((error as Error).name !== 'PreconditionFailed') throw error;
    }
  };
}
