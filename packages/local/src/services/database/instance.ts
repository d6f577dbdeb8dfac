import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalContext } from '../../context';

/** The engines of `aws_db_instance` that run here; each is a service of that name with one instance, on the clone's port for it. */
export type DatabaseEngine = 'mysql';

/** A database instance as it was made here: `<home>/services/<engine>/instance.json`. No secret in it. */
export interface DatabaseInstance {
  readonly identifier: string;
  /** Drawn when its data folder was made: another one is another database. */
  readonly id: string;
  /** Of the server that made or last opened the data: 10.11.19. */
  readonly version: string;
  /** What RDS would run: "MySQL 8.4". */
  readonly inPlaceOf: string;
  /** Of the parameter group, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where a service keeps what is its own. */
export function serviceFolder(context: Pick<LocalContext, 'paths'>, service: string): string {
  return join(context.paths.services, service);
}

/** The file that says that a service of deployed resources was made; its runner writes and removes it. */
export function instanceFile(context: Pick<LocalContext, 'paths'>, service: string): string {
  return join(serviceFolder(context, service), 'instance.json');
}

export function readInstance(context: Pick<LocalContext, 'paths'>, engine: DatabaseEngine): DatabaseInstance | undefined {
  const file = instanceFile(context, engine);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DatabaseInstance) : undefined;
}

export function writeInstance(context: Pick<LocalContext, 'paths'>, engine: DatabaseEngine, instance: DatabaseInstance): void {
  const file = instanceFile(context, engine);
  mkdirSync(serviceFolder(context, engine), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.draft`, `${JSON.stringify(instance, null, 1)}\n`);
  renameSync(`${file}.draft`, file);
}

export function newInstanceId(): string {
  return randomUUID();
}
