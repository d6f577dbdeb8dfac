import { randomUUID } from 'node:crypto';
import type { LocalContext } from '../../context';
import { readInstanceFile, writeInstanceFile } from '../instance';

/** The engines of `aws_db_instance` that run here; each is a service of that name with one instance, on the clone's port for it. */
export type DatabaseEngine = 'mysql' | 'postgresql';

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

export function readInstance(context: Pick<LocalContext, 'paths'>, engine: DatabaseEngine): DatabaseInstance | undefined {
  return readInstanceFile<DatabaseInstance>(context, engine);
}

export function writeInstance(context: Pick<LocalContext, 'paths'>, engine: DatabaseEngine, instance: DatabaseInstance): void {
  writeInstanceFile(context, engine, instance);
}

/** The instance as a server of some version opens it; with new data it is another database. */
export function opened(instance: DatabaseInstance, version: string, newData: boolean): DatabaseInstance {
  return { ...instance, version, id: newData ? newInstanceId() : instance.id };
}

export function newInstanceId(): string {
  return randomUUID();
}
