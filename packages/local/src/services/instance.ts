import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalContext } from '../context';

/** Where a service keeps what is its own. */
export function serviceFolder(context: Pick<LocalContext, 'paths'>, service: string): string {
  return join(context.paths.services, service);
}

/** The file that says that a service of deployed resources was made; its runner writes and removes it. */
export function instanceFile(context: Pick<LocalContext, 'paths'>, service: string): string {
  return join(serviceFolder(context, service), 'instance.json');
}

export function readInstanceFile<T>(context: Pick<LocalContext, 'paths'>, service: string): T | undefined {
  const file = instanceFile(context, service);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

/** What a service keeps is for this user alone. */
export function writeInstanceFile(context: Pick<LocalContext, 'paths'>, service: string, instance: object): void {
  const file = instanceFile(context, service);
  mkdirSync(serviceFolder(context, service), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.draft`, `${JSON.stringify(instance, null, 1)}\n`);
  renameSync(`${file}.draft`, file);
}
