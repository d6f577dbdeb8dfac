import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { LocalPlane } from '../../../test/support/clone';

/** What every secret of a database user holds. */
export interface AnsweredSecret {
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

/** The values of all secrets of a local plane. */
export async function secretsOf(plane: LocalPlane): Promise<AnsweredSecret[]> {
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${plane.ports().aws}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
    return await Promise.all(
      SecretList.map(async ({ ARN, Name }) => {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: ARN }));
        return { name: Name!, ...JSON.parse(SecretString!) } as AnsweredSecret;
      }),
    );
  } finally {
    client.destroy();
  }
}

/** Rows of the source, asked for as the application's own user; what a number of JavaScript cannot hold exactly, and times, as text. */
export async function sourceRows<T>(plane: LocalPlane, sql: string): Promise<T[]> {
  const connection = await connectToSource(plane);
  try {
    return (await connection.query<RowDataPacket[]>(sql))[0] as T[];
  } finally {
    await connection.end();
  }
}

/** A connection as the application's own user. */
export async function connectToSource(plane: LocalPlane): Promise<Connection> {
  return connect(plane, await secretOf(plane, '/application'));
}

/** A statement that the application may not make, as the master user. */
export async function alterSource(plane: LocalPlane, statement: string): Promise<void> {
  const connection = await connect(plane, await secretOf(plane, 'rds!db'));
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

async function secretOf(plane: LocalPlane, name: string): Promise<AnsweredSecret> {
  return (await secretsOf(plane)).find((secret) => secret.name.includes(name))!;
}

function connect(plane: LocalPlane, { username: user, password }: AnsweredSecret): Promise<Connection> {
  return createConnection({
    host: '127.0.0.1',
    port: plane.ports().mysql,
    user,
    password,
    database: 'certifications',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ssl: { ca: readFileSync(join(plane.home, 'services/tls/ca.pem'), 'utf8'), verifyIdentity: true },
  });
}
