import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../settings/s3-settings';

/** Where files go; implemented on S3, and on a folder in tests. */
export interface ObjectStore {
  put(key: string, body: Uint8Array): Promise<void>;
  list(prefix: string): Promise<string[]>;
  remove(keys: readonly string[]): Promise<void>;
}

/** How S3 is reached. */
export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The bucket of a target endpoint. */
export function s3Store(access: S3Access, settings: S3Settings): ObjectStore {
  const client = new S3Client({ ...access, forcePathStyle: true });
  const Bucket = settings.bucketName;
  const encryption =
    settings.encryptionMode === 'SSE_KMS' ? ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: settings.kmsKeyId } as const) : {};
  return {
    put: async (Key, Body) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ...encryption }));
    },
    list: async (Prefix) => {
      const keys: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
        keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      return keys;
    },
    remove: async (keys) => {
      for (let from = 0; from < keys.length; from += 1000) {
        const Objects = keys.slice(from, from + 1000).map((Key) => ({ Key }));
        await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      }
    },
  };
}
