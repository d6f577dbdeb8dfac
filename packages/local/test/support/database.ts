import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { buildSync } from 'esbuild';
import { type Connection, createConnection } from 'mysql2/promise';
import { awsEndpoint, type LocalContext } from '../../src';
import { authorityFile } from '../../src/services/database/authority';
import type { TestResource } from './state';
import { writeZip } from './zip';

export const ACCOUNT = '000000000000';
export const REGION = 'eu-west-1';
export const MASTER_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-SHOP-a1b2c3`;
export const APPLICATION_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:shop/application-d4e5f6`;

/** A database instance as Terraform's state has it, protected as little as can be. */
export function databaseResource(context: LocalContext, values: Record<string, unknown> = {}): TestResource {
  const common = { identifier: 'shop', engine: 'mysql', engine_version: '8.4', port: context.ports.mysql, db_name: 'shop' };
  const master = {
    username: 'master',
    master_user_secret: [{ secret_arn: MASTER_SECRET, kms_key_id: 'alias/aws/secretsmanager', secret_status: 'active' }],
  };
  const removal = { deletion_protection: false, skip_final_snapshot: true };
  return ['aws_db_instance', 'shop', { ...common, ...master, ...removal, ...values }];
}

export async function secretOf<T>(context: LocalContext, SecretId: string): Promise<T> {
  const client = new SecretsManagerClient(awsEndpoint(context));
  try {
    return JSON.parse((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString!) as T;
  } finally {
    client.destroy();
  }
}

/** A connection as applications make theirs: with TLS, and the server's name and authority checked. */
export async function connectAsMaster(context: LocalContext, database?: string): Promise<Connection> {
  const { username, password } = await secretOf<{ username: string; password: string }>(context, MASTER_SECRET);
  return createConnection({
    host: '127.0.0.1',
    port: context.ports.mysql,
    user: username,
    password,
    ...(database ? { database } : {}),
    ssl: { ca: readFileSync(authorityFile(context), 'utf8'), verifyIdentity: true },
  });
}

/** Bundles a handler of a test as the constructs do, into `assets/<name>.zip` of a stack's folder. */
export function bundleHandler(context: LocalContext, stack: string, name: string, source: string): void {
  mkdirSync(join(stack, 'assets'), { recursive: true });
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: context.root, loader: 'ts' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
  });
  writeZip(join(stack, `assets/${name}.zip`), 'index.js', outputFiles[0]!.text);
}

export function functionResource(name: string, variables: Record<string, string>): TestResource {
  return [
    'aws_lambda_function',
    name,
    {
      function_name: name,
      role: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      filename: `assets/${name}.zip`,
      timeout: 60,
      memory_size: 256,
      environment: [{ variables }],
    },
  ];
}
