import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { AvroField } from './avro';

/** What ended well: a write, a replacement, and the same of a table that is merged on read. */
const COMPLETED = /\/(\d+)\.(commit|replacecommit|deltacommit)$/;

/** A folder in which no write of a Hudi table has ended yet. */
export class NoCommitError extends Error {
  override readonly name = 'NoCommitError';
}

/**
 * The columns of a Hudi table of version 6 as its latest commit has them (Hudi's technical specification, "Timeline").
 *
 * @param location `s3://bucket/folder/`
 * @throws NoCommitError
 */
export async function latestColumns(s3: S3Client, location: string): Promise<readonly AvroField[]> {
  const [, Bucket, folder = ''] = /^s3:\/\/([^/]+)\/(.*?)\/?$/.exec(location) ?? [];
  const commits: { key: string; instant: string }[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: `${folder}/.hoodie/`, Delimiter: '/' })) {
    for (const { Key = '' } of page.Contents ?? []) {
      const instant = COMPLETED.exec(Key)?.[1];
      if (instant) commits.push({ key: Key, instant });
    }
  }
  // A commit that only cleaned or clustered may carry no schema; then the one before it is right.
  for (const { key } of commits.sort((a, b) => b.instant.localeCompare(a.instant))) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
    const commit = JSON.parse(await Body!.transformToString()) as { extraMetadata?: { schema?: string } };
    if (commit.extraMetadata?.schema) return (JSON.parse(commit.extraMetadata.schema) as { fields: AvroField[] }).fields;
  }
  throw new NoCommitError(`there is no commit of a Hudi table in ${location}: run its job first`);
}
