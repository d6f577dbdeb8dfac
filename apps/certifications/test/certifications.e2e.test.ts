import { join } from 'node:path';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { filesWith, processesWith } from '../../../packages/local/test/support/leaks';
import { type Ended, LocalPlane } from '../../../test/support/clone';
import { type AnsweredSecret, secretsOf, sourceRows } from './source';

/**
 * The system as a user runs it: `lakewright up certifications` as far as bronze, changes, kills, a stop and a start; the files against the
 * database.
 */
jest.setTimeout(300_000);

const plane = new LocalPlane();
let up: Ended;
let s3: S3Client;
let bucket: string;

beforeAll(async () => {
  up = await plane.lakewright('up', 'certifications', '--json');
  const endpoint = `http://127.0.0.1:${plane.ports().aws}`;
  s3 = new S3Client({
    endpoint,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  bucket = Buckets.find(({ Name }) => Name!.includes('bronze'))!.Name!;
});
afterAll(async () => {
  s3.destroy();
  await plane.remove();
});

const TABLES = ['certifications', 'certifications_awarded', 'users', 'vendors'];

async function files(table: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `certifications/${table}/` }));
  return Contents.map(({ Key }) => Key!.slice(`certifications/${table}/`.length));
}

interface Change {
  readonly name: string;
  readonly op: string;
  readonly id: string | number;
  /** Its place among all changes; empty for a row of the full load. */
  readonly place: string;
}

/** Keys of the rows that the files of the tables amount to: the last change of each, unless it is a removal. */
async function keysInFiles(): Promise<Record<string, number[]>> {
  const selects = TABLES.map(
    (table) =>
      `SELECT '${table}' AS name, Op AS op, id, coalesce(change_seq, '') AS place FROM parquet.\`s3://${bucket}/certifications/${table}/\``,
  );
  const last = new Map<string, Change>();
  for (const row of await plane.rows<Change>(selects.join(' UNION ALL '))) {
    const key = `${row.name} ${row.id}`;
    const before = last.get(key);
    if (!before || before.place < row.place) last.set(key, row);
  }
  const kept = [...last.values()].filter(({ op }) => op !== 'D');
  return Object.fromEntries(TABLES.map((table) => [table, keys(kept.filter(({ name }) => name === table))]));
}

function keys(rows: readonly { readonly id: string | number }[]): number[] {
  return rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
}

async function expectKeysOfSource(): Promise<void> {
  const selects = TABLES.map((table) => `SELECT '${table}' AS name, id FROM ${table}`);
  const source = await sourceRows<Change>(plane, selects.join(' UNION ALL '));
  const expected = TABLES.map((table) => [table, keys(source.filter(({ name }) => name === table))]);
  expect(await keysInFiles()).toEqual(Object.fromEntries(expected));
}

async function run(name: string) {
  const ended = await plane.lakewright('run', 'certifications', name, '--json');
  if (ended.code !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as {
    result?: unknown;
    replication: { caughtUp: boolean; tables: { table: string; fullLoadRows: number }[] };
  };
}

test('up makes the database, configures it and loads it into bronze; it says what the database is', async () => {
  expect(up.stderr).toMatch(/database certifications: MariaDB [\d.]+, not MySQL 8\.4/);
  expect(up.code).toBe(0);
  const report = JSON.parse(up.stdout);
  expect(report.runs).toMatchObject([{ run: 'bronze', kind: 'replication', replication: { status: 'running', percent: 100 } }]);
  expect(report.services.map(({ name }: { name: string }) => name)).toEqual(['ministack', 'sail', 'web', 'mysql', 'dms']);
  for (const table of TABLES) expect(await files(table)).toEqual(['LOAD00000001.parquet']);
  await expectKeysOfSource();
});

test('apply_upserts returns when its changes are in files, one row gone; again it changes nothing', async () => {
  const { result, replication } = await run('apply_upserts');
  expect(result).toMatchObject({ changed: { certifications_awarded: { deleted: 2 } } });
  expect(replication.caughtUp).toBe(true);
  expect((await files('certifications_awarded')).filter((name) => /^\d{8}-\d{9}\.parquet$/.test(name))).toHaveLength(1);
  await expectKeysOfSource();
  const before = await files('certifications_awarded');
  await run('apply_upserts');
  expect(await files('certifications_awarded')).toEqual(before);
});

test('the configuration applied again changes nothing: rows that are gone do not come back, passwords stay', async () => {
  const before = await secretsOf(plane);
  const { result } = await run('initial_configuration');
  expect(result).toEqual({
    inserted: Object.fromEntries(TABLES.map((table) => [table, 0])),
    users: ['dms', 'certifications_app'],
  });
  expect(await secretsOf(plane)).toEqual(before);
  await expectKeysOfSource();
});

test('status shows the database, the task and its tables, as text and as JSON', async () => {
  const [text, json] = await Promise.all([plane.lakewright('status'), plane.lakewright('status', '--json')]);
  expect(text.stdout).toMatch(/mysql +│ database certifications: MariaDB [\d.]+, not MySQL 8\.4 +│ running/);
  expect(text.stdout).toMatch(/certifications +│ running +│ 100% +│ caught up/);
  expect(JSON.parse(json.stdout).replication).toMatchObject([{ task: 'certifications', status: 'running', caughtUp: true }]);
  expect((await plane.lakewright('logs', 'mysql')).stdout).toContain('ready for connections');
});

test('no password is in a state, plan, log, output or process', async () => {
  const passwords = (await secretsOf(plane)).map(({ password }: AnsweredSecret) => password);
  expect(passwords).toHaveLength(3);
  // The database, whose log of statements is in its folder, has their hashes.
  const store = join(plane.home, 'services/ministack/data');
  expect(filesWith(plane.home, passwords, [store])).toEqual([]);
  expect(filesWith(store, passwords, []).length).toBeGreaterThan(0);
  const status = (await plane.lakewright('status', '--json')).stdout;
  const log = (await plane.lakewright('logs', 'initial_configuration')).stdout;
  expect(log).toContain('initial_configuration');
  for (const text of [up.stdout, up.stderr, status, log]) for (const password of passwords) expect(text).not.toContain(password);
  const { services } = JSON.parse(status);
  expect(processesWith(services, passwords)).toEqual([]);
});

test('killed, the next run goes on; stopped and started, nothing is loaded again', async () => {
  for (const service of ['dms', 'mysql', 'ministack']) process.kill(plane.servicePid(service)!, 'SIGKILL');
  const { replication } = await run('bronze');
  expect(replication.caughtUp).toBe(true);
  await expectKeysOfSource();
  const before = await Promise.all(TABLES.map(files));
  expect((await plane.lakewright('down')).code).toBe(0);
  expect((await run('bronze')).replication.tables).toEqual(replication.tables);
  expect(await Promise.all(TABLES.map(files))).toEqual(before);
});
