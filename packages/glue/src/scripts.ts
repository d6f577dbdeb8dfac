import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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

interface Module {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Fetches a job's script and its `--extra-py-files` from S3, where Glue takes them from too.
 *
 * @param folder of the run, for its script
 * @param modules of all runs: what is there stays
 * @throws GlueFault InvalidInputException for a file that is not there, or is none
 */
export async function fetchFiles(
  s3: S3Client,
  scriptLocation: string,
  given: Readonly<Record<string, string>>,
  { folder, modules }: { readonly folder: string; readonly modules: string },
): Promise<JobFiles> {
  const script = join(folder, basename(scriptLocation));
  const content = await fetchFile(s3, scriptLocation);
  mkdirSync(folder, { recursive: true });
  writeFileSync(script, content);
  const locations = (given[EXTRA_FILES] ?? '').split(',').filter(Boolean);
  const wrong = locations.find((location) => !/\.(py|zip)$/.test(location));
  if (wrong) throw new GlueFault('InvalidInputException', `${EXTRA_FILES}: must be .py or .zip (got ${wrong})`);
  const files = locations.map(async (location) => ({ name: basename(location), content: await fetchFile(s3, location) }));
  return { script, path: placeModules(await Promise.all(files), modules) };
}

/** Spark keeps a Python worker for each path that functions of a job import from: the same modules are always in the same place. */
function placeModules(files: readonly Module[], modules: string): readonly string[] {
  if (files.length === 0) return [];
  const hash = createHash('sha256');
  for (const { name, content } of files) hash.update(`${name}\0${content.length}\0`).update(content);
  const folder = join(modules, hash.digest('hex'));
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    for (const { name, content } of files) writeFileSync(join(folder, name), content);
  }
  return [folder, ...files.filter(({ name }) => name.endsWith('.zip')).map(({ name }) => join(folder, name))];
}

async function fetchFile(s3: S3Client, location: string): Promise<Uint8Array> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body!.transformToByteArray();
  } catch (error) {
    throw new GlueFault('InvalidInputException', `${location} cannot be read: ${(error as Error).name}`);
  }
}
