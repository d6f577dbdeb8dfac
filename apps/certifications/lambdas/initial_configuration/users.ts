import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { escapeId } from 'mysql2';
import type { Connection } from 'mysql2/promise';

/** Where the database is, as it goes into every secret: DMS reads host and port from there. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** What a user of the database is for, and so what it may do. */
export type Purpose = 'replication' | 'application';

/** The value of a user's secret, with the names that DMS and RDS's own tools look for. */
interface UserSecret {
  readonly engine: 'mysql';
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
}

/**
 * Makes a user whose password only its secret holds. The secret is written first and is the truth: after a crash in between, the next
 * run gives the user the password that the secret has.
 */
export async function ensureUser(
  connection: Connection,
  secrets: SecretsManagerClient,
  user: { readonly name: string; readonly purpose: Purpose; readonly secretArn: string; readonly address: DatabaseAddress },
): Promise<void> {
  const { name, purpose, secretArn, address } = user;
  const { password } = await ensureSecret(secrets, secretArn, name, address);
  // A server that writes statements on accounts into its binary log does so by the database in use: nobody replicates this one.
  await connection.query('USE mysql');
  try {
    await connection.query(`CREATE USER IF NOT EXISTS ?@'%'`, [name]);
    await connection.query(`ALTER USER ?@'%' IDENTIFIED BY ? REQUIRE SSL`, [name, password]);
    for (const grant of grantsOf(purpose, address.database)) await connection.query(`GRANT ${grant} TO ?@'%'`, [name]);
  } finally {
    await connection.query(`USE ${escapeId(address.database)}`);
  }
}

/** Docs: "Using a MySQL-compatible database as a source for AWS DMS": what its user needs for ongoing replication. */
function grantsOf(purpose: Purpose, database: string): readonly string[] {
  const all = `${escapeId(database)}.*`;
  if (purpose === 'application') return [`SELECT, INSERT, UPDATE, DELETE ON ${all}`];
  return ['REPLICATION CLIENT, REPLICATION SLAVE ON *.*', `SELECT ON ${all}`];
}

async function ensureSecret(
  secrets: SecretsManagerClient,
  SecretId: string,
  username: string,
  { host, port, database: dbname }: DatabaseAddress,
): Promise<UserSecret> {
  const known = await currentValue(secrets, SecretId);
  const password = known?.username === username && known.password ? known.password : randomBytes(24).toString('base64url');
  const wanted: UserSecret = { engine: 'mysql', username, password, host, port, dbname };
  const same = known && Object.entries(wanted).every(([field, value]) => known[field as keyof UserSecret] === value);
  if (!same) await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(wanted) }));
  return wanted;
}

/** Undefined where the secret has no value yet. */
async function currentValue(secrets: SecretsManagerClient, SecretId: string): Promise<Partial<UserSecret> | undefined> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    return JSON.parse(SecretString ?? '{}') as Partial<UserSecret>;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
