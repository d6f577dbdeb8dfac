import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { escapeId } from 'mysql2';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Invocation, logLine } from '../../../log-line';
import { type Configuration, readPayload } from './payload';
import { applyUpserts, type Changed } from './rows';
import { createTables } from './tables';
import { type DatabaseAddress, ensureUser } from './users';

/** Two invocations at once take turns. */
const LOCK = 'initial_configuration';
const LOCK_SECONDS = 60;

/** What an invocation did, by table; no secret and no row. */
export type Answer =
  | { readonly inserted: Readonly<Record<string, number>>; readonly users: readonly string[] }
  | { readonly changed: Readonly<Record<string, Changed>> };

/**
 * Prepares the application's database (`initial_configuration.json`) or changes rows in it (`apply_upserts.json`), as the master user.
 * Doing either again changes nothing.
 *
 * @throws PayloadError; what the database and Secrets Manager throw
 */
export async function handler(event: unknown, invocation: Invocation = {}): Promise<Answer> {
  const payload = readPayload(event);
  const secrets = new SecretsManagerClient({});
  const address = {
    host: setting('DATABASE_HOST', 'the address of the database'),
    port: Number(setting('DATABASE_PORT', 'the port of the database')),
    database: setting('DATABASE_NAME', 'the schema of the application'),
  };
  const connection = await connectAsMaster(secrets, address);
  try {
    await takeTurn(connection);
    const answer =
      payload.kind === 'upserts'
        ? { changed: await applyUpserts(connection, payload) }
        : await configure(connection, secrets, payload, address);
    logLine('INFO', payload.kind, { tables: tablesOf(answer), request_id: invocation.awsRequestId ?? null });
    return answer;
  } finally {
    await connection.end();
  }
}

async function configure(
  connection: Connection,
  secrets: SecretsManagerClient,
  { binlog_retention_hours: hours, tables, users }: Configuration,
  address: DatabaseAddress,
): Promise<Answer> {
  // RDS removes its binary log as soon as it can unless it is told otherwise: docs, "Configuring MySQL binary logging".
  await connection.query(`CALL mysql.rds_set_configuration('binlog retention hours', ?)`, [hours]);
  const inserted = await createTables(connection, tables);
  const replication = setting('DMS_SECRET_ARN', "the secret of DMS's user");
  const application = setting('APPLICATION_SECRET_ARN', "the secret of the application's user");
  await ensureUser(connection, secrets, { name: users.replication, purpose: 'replication', secretArn: replication, address });
  await ensureUser(connection, secrets, { name: users.application, purpose: 'application', secretArn: application, address });
  return { inserted, users: [users.replication, users.application] };
}

/** TLS always; the CA of RDS is what NODE_EXTRA_CA_CERTS names. */
async function connectAsMaster(secrets: SecretsManagerClient, { host, port, database }: DatabaseAddress): Promise<Connection> {
  const SecretId = setting('MASTER_SECRET_ARN', "the secret of the database's master user");
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  const { username, password } = JSON.parse(SecretString ?? '{}') as { username: string; password: string };
  const connection = await createConnection({
    host,
    port,
    user: username,
    password,
    charset: 'utf8mb4',
    connectTimeout: 10_000,
    timezone: 'Z',
    ssl: { verifyIdentity: true },
  });
  await connection.query(`SET time_zone = '+00:00'`);
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${escapeId(database)} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${escapeId(database)}`);
  return connection;
}

async function takeTurn(connection: Connection): Promise<void> {
  const sql = 'SELECT GET_LOCK(?, ?) AS mine';
  const [rows] = await connection.query<(RowDataPacket & { mine: number | null })[]>(sql, [LOCK, LOCK_SECONDS]);
  if (rows[0]?.mine !== 1) throw new Error(`another invocation has been at work for ${LOCK_SECONDS} s: try again`);
}

function tablesOf(answer: Answer): string[] {
  return Object.keys('changed' in answer ? answer.changed : answer.inserted);
}

function setting(name: string, meaning: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it must be ${meaning}`);
  return value;
}
