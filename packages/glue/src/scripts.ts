import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { GlueFault } from './fault';

const EXTRA_FILES = '--extra-py-files';

/** A job's files on this machine. */
export interface JobFiles {
  readonly script: string;
  /** What goes on Python's path: the folder of modules, and each zip. */
  readonly path: readonly string[];
}

/**
 * Fetches a job's script and its `--extra-py-files` from S3, where Glue takes them from too.
 *
 * @throws GlueFault InvalidInputException for a file that is not there, or is none
 */
export async function fetchFiles(
  s3: S3Client,
  scriptLocation: string,
  given: Readonly<Record<string, string>>,
  folder: string,
): Promise<JobFiles> {
  const modules = join(folder, 'modules');
  mkdirSync(modules, { recursive: true });
  const script = await fetchFile(s3, scriptLocation, folder);
  const zips: string[] = [];
  for (const location of (given[EXTRA_FILES] ?? '').split(',').filter(Boolean)) {
    if (!/\.(py|zip)$/.test(location))
      throw new GlueFault('InvalidInputException', `${EXTRA_FILES}: must be .py or .zip (got ${location})`);
    const file = await fetchFile(s3, location, modules);
    if (file.endsWith('.zip')) zips.push(file);
  }
  return { script, path: [modules, ...zips] };
}

async function fetchFile(s3: S3Client, location: string, folder: string): Promise<string> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  const file = join(folder, basename(location));
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    writeFileSync(file, await Body!.transformToByteArray());
  } catch (error) {
    throw new GlueFault('InvalidInputException', `${location} cannot be read: ${(error as Error).name}`);
  }
  return file;
}
