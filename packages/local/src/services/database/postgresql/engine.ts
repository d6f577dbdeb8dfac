import type { Client } from 'pg';
import type { DatabaseServer, MasterAccount } from '../engines';
import { withAdmin } from './admin';
import { findPostgreSql } from './binaries';
import { chooseParameters } from './configuration';
import { scramVerifier, verifies } from './scram';
import { postgreSqlData } from './service';

/** PostgreSQL. */
export const postgreSqlEngine: DatabaseServer = {
  version: (context) => findPostgreSql(context.root).version,
  settle: (context, master, parameters) =>
    withAdmin(postgreSqlData(context), context.ports.postgresql, async (client) => ({
      changed: await makeAccount(client, master),
      left: chooseParameters(findPostgreSql(context.root), parameters).left,
    })),
};

/**
 * Makes what is missing of the master user and its database, owned by it as in RDS ("rds_superuser" without what needs a superuser). The
 * server is given what it keeps of a password, so that no statement, and no log of one, has the password itself.
 *
 * @returns whether anything was missing, or another password set
 */
async function makeAccount(client: Client, { username, password, database }: MasterAccount): Promise<boolean> {
  const role = client.escapeIdentifier(username);
  const known = await client.query<{ verifier: string }>('SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = $1', [
    username,
  ]);
  const right = known.rows[0] !== undefined && verifies(known.rows[0].verifier, password);
  if (known.rows.length === 0) await client.query(`CREATE ROLE ${role} LOGIN CREATEDB CREATEROLE REPLICATION`);
  if (!right) await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(scramVerifier(password))}`);
  const wanted = database ?? 'postgres';
  const databases = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [wanted]);
  if (databases.rows.length === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(wanted)} OWNER ${role}`);
  return !right || databases.rows.length === 0;
}
