import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LakewrightError } from '@lakewright/config';
import { type Connection, createConnection } from 'mysql2';
import { z } from 'zod';
import type { SourceSettings } from '../settings/source-settings';
import type { S3Access } from '../target/object-store';

/** Where secrets and certificates are. */
export interface SourceAccess {
  /** Like S3: endpoint, region and credentials of Secrets Manager. */
  readonly secrets: S3Access;
  /** Certificates that a source's own must be signed by. */
  readonly caFile: string;
}

const secret = z.object({
  username: z.string().min(1),
  password: z.string(),
  host: z.string().min(1),
  port: z.coerce.number().int().positive(),
});

/**
 * Opens a connection to a source with the credentials that its secret has now, so that a password that was rotated is found at the next
 * one. The session is in UTC and reads UTF-8.
 *
 * Source: AWS DMS User Guide, "Using secrets to access AWS Database Migration Service endpoints": username, password, host and port.
 *
 * @throws LakewrightError DMS_SECRET, DMS_SOURCE_CONNECTION, DMS_SOURCE_ACCESS; no message has a value of the secret
 */
export async function connectSource(settings: SourceSettings, access: SourceAccess): Promise<Connection> {
  const { username, password, host, port } = await readSecret(settings.secretId, access.secrets);
  const connection = createConnection({
    host,
    port,
    user: username,
    password,
    connectTimeout: 10_000,
    charset: 'utf8mb4',
    ssl:
      settings.tls === 'none'
        ? undefined
        : { ca: readFileSync(access.caFile), rejectUnauthorized: true, verifyIdentity: settings.tls === 'verify-full' },
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(connectionError(error, host, port)) : resolve()));
  });
  // What is lost later is told by the command that was under way.
  connection.on('error', () => undefined);
  await run(connection, "SET time_zone = '+00:00', sql_mode = '', group_concat_max_len = 1048576");
  return connection;
}

async function readSecret(id: string, access: S3Access): Promise<z.output<typeof secret>> {
  const client = new SecretsManagerClient(access);
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    const found = secret.safeParse(JSON.parse(SecretString ?? '{}'));
    if (found.success) return found.data;
    const fields = found.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new LakewrightError('DMS_SECRET', `the secret ${id} has no usable ${fields}`, {
      hint: 'its value is {"username", "password", "host", "port"}',
    });
  } catch (cause) {
    if (cause instanceof LakewrightError) throw cause;
    // The message of a parser would quote the value.
    const reason = cause instanceof SyntaxError ? 'its value is not JSON' : (cause as Error).message;
    throw new LakewrightError('DMS_SECRET', `the secret ${id} cannot be read: ${reason}`, {
      hint: 'lakewright run <system> its initial configuration, which puts the value there',
    });
  } finally {
    client.destroy();
  }
}

/** What no second try mends: the account, or the certificate. */
const REFUSALS = /^ER_(ACCESS_DENIED|DBACCESS_DENIED|SECURE_TRANSPORT)|^(HANDSHAKE_SSL_ERROR|HANDSHAKE_NO_SSL_SUPPORT)$/;

function connectionError(error: Error & { code?: string }, host: string, port: number): LakewrightError {
  const code = REFUSALS.test(error.code ?? '') ? 'DMS_SOURCE_ACCESS' : 'DMS_SOURCE_CONNECTION';
  return new LakewrightError(code, `no connection to the source ${host}:${port}: ${error.code ?? ''} ${error.message}`, {
    hint: 'is the database running, and do its certificate and the user of the secret fit?',
    // The cause is left out: mysql2 keeps the configuration of the connection in some errors.
  });
}

export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement; its rows. */
export async function run(connection: Connection, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    connection.query(sql, [...values], (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
  });
}
