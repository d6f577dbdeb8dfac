import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { LakewrightError } from '@lakewright/config';
import { awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import { volumeFolder } from '../lake/volumes';

/**
 * The files below a volume (`/Volumes/...`) or an external location (`s3://...`), as a file-arrival trigger sees them.
 *
 * @throws LakewrightError LOCAL_ARRIVAL_URL; what `volumeFolder` and S3 throw
 */
export async function filesAt(context: LocalContext, url: string): Promise<readonly string[]> {
  if (url.startsWith('/Volumes/')) return filesBelow(volumeFolder(context, url.replace(/\/+$/, '')));
  const bucket = /^s3a?:\/\/([^/]+)\/?(.*)$/.exec(url);
  if (bucket) return objectsBelow(context, bucket[1]!, bucket[2]!);
  throw new LakewrightError('LOCAL_ARRIVAL_URL', `files cannot be watched for at "${url}"`, {
    hint: '/Volumes/<catalog>/<schema>/<volume>/, or s3://<bucket>/<prefix>/',
  });
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function objectsBelow(context: LocalContext, Bucket: string, Prefix: string): Promise<readonly string[]> {
  const aws = awsClients(context);
  try {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: aws.s3 }, { Bucket, Prefix })) {
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    }
    return keys;
  } finally {
    aws.close();
  }
}
