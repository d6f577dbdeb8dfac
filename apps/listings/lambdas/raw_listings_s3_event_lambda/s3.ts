import type { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StageMessage } from './batch';
import { LARGEST_DOCUMENT, type ReadVersion } from './message';

const GONE = new Set(['NoSuchVersion', 'NoSuchKey', 'NotFound']);

/** Reads versions from S3, except those that no message carries. */
export function readVersionFrom(client: S3Client): ReadVersion {
  return async (bucket, key, versionId) => {
    try {
      const request = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId ?? undefined });
      const { Body, Metadata, ContentLength = 0 } = await client.send(request);
      const runId = Metadata?.['run-id'];
      if (ContentLength <= LARGEST_DOCUMENT) return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), runId };
      // Not a byte of it is wanted; on Node the body is a stream.
      (Body as Readable | undefined)?.destroy();
      return { bytes: null, runId };
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
