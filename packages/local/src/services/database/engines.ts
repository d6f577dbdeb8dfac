import type { LocalContext } from '../../context';
import type { DatabaseEngine } from './instance';
import { mariaDbEngine } from './mariadb/engine';
import { postgreSqlEngine } from './postgresql/engine';

/** The master user of an instance, and the database that it begins with. */
export interface MasterAccount {
  readonly username: string;
  readonly password: string;
  readonly database?: string;
}

/** What settling an instance did. */
export interface Settled {
  /** Whether the account or the database was missing, or had another password. */
  readonly changed: boolean;
  /** Parameters that have no effect here, with the reason. */
  readonly left: Readonly<Record<string, string>>;
}

/** How an engine of `aws_db_instance` is made here. Its process is a service of the same name. */
export interface DatabaseServer {
  /** Of the server that would run. @throws LakewrightError (exit 3) when there is none */
  version(context: LocalContext): string;
  /** Makes the account of the master user and its database what they should be. The server runs. */
  settle(context: LocalContext, master: MasterAccount, parameters: Readonly<Record<string, string>>): Promise<Settled>;
}

export const DATABASE_ENGINES: Readonly<Record<DatabaseEngine, DatabaseServer>> = {
  mysql: mariaDbEngine,
  postgresql: postgreSqlEngine,
};
