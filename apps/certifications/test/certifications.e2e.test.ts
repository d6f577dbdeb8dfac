import { join } from 'node:path';
import { GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import { DeleteObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AthenaClient, type AthenaRow, athenaRows } from '../../../packages/local/test/support/athena-rows';
import { filesWith, processesWith } from '../../../packages/local/test/support/leaks';
import { type Ended, LocalPlane } from '../../../test/support/clone';
import { describeWithSpark } from '../../../test/support/spark';
import { changeAtRandom } from './random-changes';
import { type AnsweredSecret, alterSource, connectToSource, secretsOf, sourceRows } from './source';

/**
 * The system as a user runs it: `lakewright up certifications`, changes, failures, kills, a stop and a start; the files of bronze and what
 * Athena shows of silver and gold against the database.
 */
jest.setTimeout(600_000);

describeWithSpark('certifications', () => {
  const plane = new LocalPlane();
  let up: Ended;
  let s3: S3Client;
  let glue: GlueClient;
  let queries: AthenaClient;
  let bucket: string;

  beforeAll(async () => {
    up = await plane.lakewright('up', 'certifications', '--json');
    const endpoint = `http://127.0.0.1:${plane.ports().aws}`;
    const settings = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    s3 = new S3Client({ ...settings, forcePathStyle: true });
    glue = new GlueClient(settings);
    queries = new AthenaClient(settings);
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    bucket = Buckets.find(({ Name }) => Name!.includes('bronze'))!.Name!;
  });
  afterAll(async () => {
    s3.destroy();
    glue.destroy();
    queries.destroy();
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

  interface Summary {
    readonly result?: unknown;
    readonly replication: {
      readonly caughtUp: boolean;
      readonly tables: { readonly table: string; readonly fullLoadRows: number }[];
    };
    readonly execution: { readonly status: string; readonly path: readonly string[] };
  }

  async function run(name: string): Promise<Summary> {
    const ended = await plane.lakewright('run', 'certifications', name, '--json');
    if (ended.code !== 0) throw new Error(ended.stderr);
    return JSON.parse(ended.stdout) as Summary;
  }

  type Row = Readonly<Record<string, unknown>>;

  /** Rows that Athena shows, by the AWS SDK. */
  function athena(query: string): Promise<AthenaRow[]> {
    return athenaRows(queries, 'certifications', query);
  }

  /** A value of either side in one form: numbers as text, JSON (an object on the driver's side) without its spaces. */
  function plain(value: unknown): unknown {
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.startsWith('{')) return JSON.stringify(JSON.parse(value));
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
  }

  /** The same rows, and in them the same columns that the source has. */
  function expectSame(actual: readonly Row[], source: readonly Row[]): void {
    const columns = Object.keys(source[0]!);
    expect(actual.map((row) => columns.map((name) => plain(row[name])))).toEqual(
      source.map((row) => columns.map((name) => plain(row[name]))),
    );
  }

  /** Silver equals the source, and gold a query on it, in every row and column. */
  async function expectLakeOfSource(): Promise<void> {
    for (const table of TABLES) {
      const source = await sourceRows<Row>(plane, `SELECT * FROM ${table} ORDER BY id`);
      expectSame(await athena(`SELECT * FROM aws_certifications.${table} ORDER BY id`), source);
    }
    const counts = `SELECT u.id AS user_id, u.name, u.country, count(a.id) AS certifications, max(a.awarded_on) AS last_awarded_on
    FROM users u LEFT JOIN certifications_awarded a ON a.user_id = u.id GROUP BY u.id, u.name, u.country ORDER BY u.id`;
    const gold = await athena('SELECT * FROM aws_certifications_gold.user_certification_count ORDER BY user_id');
    expectSame(gold, await sourceRows<Row>(plane, counts));
  }

  /** The commits that the rows of each table of the lake are of. */
  async function commits(): Promise<Row[]> {
    const tables = [...TABLES.map((table) => `aws_certifications.${table}`), 'aws_certifications_gold.user_certification_count'];
    const selects = tables.map((table) => `SELECT DISTINCT '${table}' AS name, _hoodie_commit_time AS at FROM ${table}`);
    return athena(`${selects.join(' UNION ALL ')} ORDER BY 1, 2`);
  }

  test('up makes the database, configures it, loads it into bronze and that into the lake; it says what the database is', async () => {
    expect(up.stderr).toMatch(/database certifications: MariaDB [\d.]+, not MySQL 8\.4/);
    expect(up.code).toBe(0);
    const report = JSON.parse(up.stdout);
    expect(report.runs).toMatchObject([
      { run: 'bronze', kind: 'replication', replication: { status: 'running', percent: 100 } },
      { run: 'hudi_fl_cdc_pipeline', kind: 'state_machine', execution: { status: 'SUCCEEDED' } },
    ]);
    const services = ['ministack', 'sail', 'web', 'mysql', 'dms', 'glue', 'athena'];
    expect(report.services.map(({ name }: { name: string }) => name)).toEqual(services);
    for (const table of TABLES) expect(await files(table)).toEqual(['LOAD00000001.parquet']);
    await expectKeysOfSource();
    await expectLakeOfSource();
    const shown = await plane.lakewright('athena', 'SELECT count(*) AS n FROM aws_certifications.users', '--format', 'json');
    expect(JSON.parse(shown.stdout)).toEqual([{ n: 6 }]);
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

  test('the state machine brings the changes into the lake; a second time it changes nothing', async () => {
    const before = await athena('SELECT id FROM aws_certifications.certifications_awarded ORDER BY id');
    const { execution } = await run('hudi_fl_cdc_pipeline');
    expect(execution.path).toEqual(expect.arrayContaining(['Silver tables', 'Start changes', 'Gold 1', 'Done']));
    await expectLakeOfSource();
    const after = await athena('SELECT id FROM aws_certifications.certifications_awarded ORDER BY id');
    expect(before.filter(({ id }) => !after.some((row) => row.id === id))).toHaveLength(2);
    const written = await commits();
    await run('hudi_fl_cdc_pipeline');
    expect(await commits()).toEqual(written);
  });

  test('a table as it was: rows that are gone since, at the commit before', async () => {
    const [first] = await athena('SELECT min(_hoodie_commit_time) AS at FROM aws_certifications.certifications_awarded');
    const asked = ['--param', 'TABLE=certifications_awarded', '--param', `AT=${first!.at}`];
    const { code, stdout } = await plane.lakewright('run', 'certifications', 'table_history', ...asked);
    const rows = stdout.split('\n').filter((line) => line.startsWith('{'));
    expect([code, rows.map((row) => JSON.parse(row).id).sort()]).toEqual([0, [1, 2, 3, 4, 5, 6, 7, 8]]);
    const refused = await plane.lakewright('run', 'certifications', 'table_history', '--param', 'TABLE=../gold');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('LOCAL_GLUE_JOB_FAILED');
    expect(refused.stderr).toContain('ValueError: --TABLE: must be the name of a silver table (got ../gold)');
    expect((await plane.lakewright('run', 'certifications', 'table_history', '--repair')).code).toBe(2);
  });

  test('a job that fails is tried again, then caught with its cause; the next execution recovers', async () => {
    await sourceRows(plane, "UPDATE vendors SET website = 'https://example.com/' WHERE id = 3");
    await sourceRows(plane, 'UPDATE certifications_awarded SET score = score + 1');
    await run('bronze');
    const Key = 'certifications/vendors/29991231-235959000.parquet';
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'not a file of Parquet' }));
    const written = await commits();
    const failed = await plane.lakewright('run', 'certifications', 'hudi_fl_cdc_pipeline', '--json');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/TablesFailed: vendors: .*29991231-235959000\.parquet is not a Parquet file/s);
    const { execution } = JSON.parse(failed.stdout) as Summary;
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'TablesFailed',
      cause: expect.stringContaining('vendors_cdc FAILED'),
    });
    const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: 'vendors_cdc' }));
    expect(JobRuns.filter(({ JobRunState }) => JobRunState === 'FAILED')).toHaveLength(2);
    // The other tables went on; gold waits for all of them.
    const gone = (await commits()).filter((row) => !written.some((other) => JSON.stringify(other) === JSON.stringify(row)));
    expect(gone.map(({ name }) => name)).toEqual(['aws_certifications.certifications_awarded']);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    await run('hudi_fl_cdc_pipeline');
    await expectLakeOfSource();
  });

  test('random transactions and a new column, then the state machine: silver equals the source, gold a query on it', async () => {
    const connection = await connectToSource(plane);
    try {
      await changeAtRandom(connection, { seed: 8, transactions: 200 });
      await alterSource(plane, 'ALTER TABLE users ADD COLUMN nickname varchar(40) NULL AFTER name');
      await connection.query("UPDATE users SET nickname = concat('~', name) WHERE id % 2 = 0");
      await changeAtRandom(connection, { seed: 9, transactions: 200 });
    } finally {
      await connection.end();
    }
    await run('bronze');
    await run('hudi_fl_cdc_pipeline');
    await expectLakeOfSource();
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
    for (const text of [up.stdout, up.stderr, status, log])
      for (const password of passwords) expect(text).not.toContain(password);
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
});
