import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** What the publishing service needs of its bucket. */
export interface ListingsBucket {
  /** All keys below a prefix, deleted objects left out. */
  keys(prefix: string): Promise<string[]>;
  /** The current content as text, or undefined if there is none. */
  read(key: string): Promise<string | undefined>;
  /** @param runId kept as metadata of the object, `x-amz-meta-run-id` */
  write(key: string, document: string, runId: string): Promise<void>;
  /** In a versioned bucket this puts a delete marker: earlier versions stay. */
  remove(key: string): Promise<void>;
}

/** The bucket in S3. */
export function s3Bucket(client: S3Client, bucket: string): ListingsBucket {
  return {
    async keys(prefix) {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
        keys.push(...(page.Contents ?? []).map(({ Key }) => Key as string));
        token = page.NextContinuationToken;
      } while (token);
      return keys;
    },
    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async write(key, document, runId) {
      const content = { Body: document, ContentType: 'application/json', Metadata: { 'run-id': runId } };
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...content }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
