import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchGetQueryExecutionCommand,
  GetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  ListQueryExecutionsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { CreatePartitionCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { pythonExecutable } from '@lakewright/config';
import { ensureServices, queryAthena, readDeployment, reconcile, serviceStatus } from '../src';
import { type AwsClients, awsClients } from '../src/aws/clients';
import { athenaResources, HUDI, tableResource } from './support/athena';
import { type TestHome, testHome } from './support/home';
import { stateOf, type TestResource } from './support/state';

type Golden = Record<'users' | 'orders' | 'counts', (string | null)[][]> & { readonly script: string };

/** Two changes as DMS writes them: names with capitals, moments in UTC to the microsecond; and a file that Hive hides. */
const CHANGES = `
import sys
from datetime import datetime, timezone
from pathlib import Path
import pyarrow
from pyarrow import parquet
folder = Path(sys.argv[1])
folder.mkdir()
moment = datetime(2026, 1, 2, 3, 4, 5, 678500, tzinfo=timezone.utc)
at = pyarrow.array([moment, None], pyarrow.timestamp("us", "UTC"))
changes = pyarrow.table({"Op": ["I", "D"], "id": pyarrow.array([1, 2], pyarrow.int64()), "committed_at": at})
parquet.write_table(changes, folder / "20260102-030405679.parquet")
(folder / "_SUCCESS").write_text("")
`;

describe('Athena', () => {
  let home: TestHome;
  let aws: AwsClients;
  let golden: Golden;
  let resources: TestResource[];

  beforeAll(async () => {
    home = await testHome();
    aws = awsClients(home);
    await ensureServices(home, { services: ['ministack'] });
    golden = await uploadTables();
    resources = athenaResources();
    await apply(resources);
    // Of two countries one is in the catalog.
    const PartitionInput = { Values: ['DE'], StorageDescriptor: { Location: 's3://lake/orders/country=DE' } };
    await aws.glue.send(new CreatePartitionCommand({ DatabaseName: 'lake', TableName: 'orders', PartitionInput }));
  });
  afterAll(async () => {
    aws.close();
    await home.dispose();
  });

  /** Puts the tables that Spark made into S3, without what Hadoop keeps beside files. */
  async function uploadTables(): Promise<Golden> {
    const folder = join(home.paths.home, 'tables');
    mkdirSync(folder);
    execFileSync('tar', ['-xzf', join(__dirname, 'fixtures/hudi-tables.tar.gz'), '-C', folder]);
    execFileSync(pythonExecutable(home.root), ['-c', CHANGES, join(folder, 'changes')]);
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'lake' }));
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'results' }));
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const Key = file.slice(folder.length + 1);
      if (entry.isFile()) await aws.s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: readFileSync(file) }));
    }
    return JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden;
  }

  async function apply(wanted: readonly TestResource[]) {
    const { outcomes } = await reconcile(home, readDeployment(home, [stateOf('test', home.paths.home, wanted)]));
    return Object.fromEntries(outcomes.map(({ address, outcome }) => [address, outcome]));
  }

  const rows = async (sql: string) => (await queryAthena(home, sql, { database: 'lake', workgroup: 'analysts' })).rows;

  async function execution(sql: string, workgroup = 'analysts', more: Record<string, unknown> = {}) {
    const input = { QueryString: sql, WorkGroup: workgroup, QueryExecutionContext: { Database: 'lake' }, ...more };
    const { QueryExecutionId } = await aws.athena.send(new StartQueryExecutionCommand(input));
    return ended(QueryExecutionId!);
  }

  async function ended(QueryExecutionId: string) {
    for (;;) {
      const { QueryExecution } = await aws.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      if (!['QUEUED', 'RUNNING'].includes(QueryExecution!.Status!.State!)) return QueryExecution!;
    }
  }

  test('the fixture is what its program makes', () => {
    const script = readFileSync(join(__dirname, 'support/hudi_tables.py'));
    expect(golden.script).toBe(createHash('sha256').update(script).digest('hex'));
  });

  test('reads a Hudi table at its latest commit as Spark reads it: updates, deletions, every column', async () => {
    const found = await rows(
      'SELECT id, name, country, score, weight, active, born_on, updated_at, details FROM users ORDER BY id',
    );
    const columns = ['id', 'name', 'country', 'score', 'weight', 'active', 'born_on', 'updated_at', 'details'];
    const expected = golden.users.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]!])));
    expect(found).toHaveLength(960);
    expect(found.map(comparable)).toEqual(expected.map(comparable));
  });

  test('old file versions are never counted, and one table does not see the commits of another', async () => {
    const sql = "SELECT count(*) AS n, count_if(name LIKE 'user 2 %') AS updated FROM awsdatacatalog.lake.users";
    expect(await rows(sql)).toEqual([{ n: 960n, updated: 300n }]);
  });

  test('a table that was replaced as a whole has none of the rows before', async () => {
    const expected = golden.counts.map(([id, n, note]) => ({ id: BigInt(id!), n: BigInt(n!), note: note ?? null }));
    expect(expected).toHaveLength(9);
    expect(await rows('SELECT * FROM counts ORDER BY id')).toEqual(expected);
  });

  test.each([
    ['id >= 998', (id: number) => id >= 998],
    ['id BETWEEN 498 AND 551', (id: number) => id >= 498 && id <= 551],
    ["name > 'user 2 9' AND country = 'PT'", (_: number, row: (string | null)[]) => row[1]! > 'user 2 9' && row[2] === 'PT'],
    ['score IS NULL AND active', (_: number, row: (string | null)[]) => row[3] === null && row[5] === 'True'],
    ['score = 2.50 OR score > 1250', (_: number, row: (string | null)[]) => row[3] === '2.50' || Number(row[3]) > 1250],
    ["born_on < DATE '1970-01-05'", (_: number, row: (string | null)[]) => row[6]! < '1970-01-05'],
    ['id IN (1, 510, 2000)', (id: number) => id === 1],
    ["updated_at < TIMESTAMP '2023-11-14 22:13:22.124'", (id: number) => id < 2 || id === 2],
  ])('pushes a condition into the files and answers the same: %s', async (condition, holds) => {
    const expected = golden.users.filter((row) => holds(Number(row[0]), row)).map(([id]) => BigInt(id!));
    expect((await rows(`SELECT id FROM users WHERE ${condition} ORDER BY id`)).map(({ id }) => id)).toEqual(expected);
  });

  test('reads the partitions of the catalog alone', async () => {
    const sql = 'SELECT country, count(*) AS n, sum(amount) AS total FROM orders GROUP BY country ORDER BY country';
    const germany = golden.orders.filter(([, , country]) => country === 'DE');
    const total = germany.reduce((sum, [, amount]) => sum + BigInt(amount!), 0n);
    expect(await rows(sql)).toEqual([{ country: 'DE', n: BigInt(germany.length), total }]);
    expect(await rows('SHOW PARTITIONS orders')).toEqual([{ partition: 'country=DE' }]);
  });

  test('reads plain Parquet, with the names of the catalog', async () => {
    expect(await rows('SELECT op, id, committed_at FROM changes ORDER BY id')).toEqual([
      { op: 'I', id: 1n, committed_at: '2026-01-02 03:04:05.679' },
      { op: 'D', id: 2n, committed_at: null },
    ]);
  });

  test('joins, windows, grouping and subqueries over these tables', async () => {
    const sql = `
      WITH spending AS (SELECT id, sum(amount) AS spent FROM orders GROUP BY 1)
      SELECT u.country, count(*) AS n, sum(s.spent) AS spent, rank() OVER (ORDER BY sum(s.spent) DESC) AS place
      FROM users u JOIN spending s ON u.id = s.id WHERE u.active GROUP BY u.country ORDER BY place`;
    const byId = new Map(golden.users.map((row) => [row[0], row]));
    const spent: Record<string, bigint> = {};
    for (const [id, amount, country] of golden.orders) {
      const user = byId.get(id!);
      if (country === 'DE' && user?.[5] === 'True') spent[user[2]!] = (spent[user[2]!] ?? 0n) + BigInt(amount!);
    }
    const found = await rows(sql);
    expect(Object.fromEntries(found.map((row) => [row.country, row.spent]))).toEqual(spent);
    expect(found.map(({ place }) => place)).toEqual([1n, 2n, 3n]);
  });

  test('the API: result in S3, header, types, pages, statistics, history', async () => {
    const done = await execution('SELECT id, score, name FROM users WHERE id IN (0, 1) ORDER BY id');
    expect(done).toMatchObject({
      StatementType: 'DML',
      WorkGroup: 'analysts',
      Status: { State: 'SUCCEEDED' },
      QueryExecutionContext: { Database: 'lake' },
      ResultConfiguration: { OutputLocation: `s3://results/athena/${done.QueryExecutionId}.csv` },
    });
    expect(done.Statistics!.DataScannedInBytes).toBeGreaterThan(0);
    const Key = `athena/${done.QueryExecutionId}.csv`;
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: 'results', Key }));
    expect(await Body!.transformToString()).toBe('"id","score","name"\n"0",,"user 2 0"\n"1","1.25","user 2 1"\n');
    const { QueryExecutionId } = done;
    const first = await aws.athena.send(new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 2 }));
    expect(first.ResultSet!.ResultSetMetadata!.ColumnInfo!.map(({ Name, Type }) => [Name, Type])).toEqual([
      ['id', 'bigint'],
      ['score', 'decimal'],
      ['name', 'varchar'],
    ]);
    expect(first.ResultSet!.Rows!.map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue))).toEqual([
      ['id', 'score', 'name'],
      ['0', undefined, 'user 2 0'],
    ]);
    const second = await aws.athena.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken: first.NextToken }));
    expect(second.ResultSet!.Rows).toHaveLength(1);
    expect(second.NextToken).toBeUndefined();
    const listed = await aws.athena.send(new ListQueryExecutionsCommand({ WorkGroup: 'analysts', MaxResults: 1 }));
    expect(listed.QueryExecutionIds).toEqual([QueryExecutionId]);
    const batch = await aws.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: [QueryExecutionId!, 'no'] }));
    expect(batch.QueryExecutions).toHaveLength(1);
    expect(batch.UnprocessedQueryExecutionIds).toMatchObject([{ QueryExecutionId: 'no' }]);
  });

  test('one token is one execution, and another query under it is refused', async () => {
    const token = { ClientRequestToken: randomUUID() };
    const first = await execution('SELECT 1', 'analysts', token);
    expect((await execution('SELECT 1', 'analysts', token)).QueryExecutionId).toBe(first.QueryExecutionId);
    await expect(execution('SELECT 2', 'analysts', token)).rejects.toThrow('Idempotent parameters do not match');
  });

  test('a failure has its code, and its place in the SQL', async () => {
    const { Status } = await execution('SELECT id,\n  nme FROM users');
    expect(Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: "COLUMN_NOT_FOUND: line 2:3: Column 'nme' cannot be resolved",
      AthenaError: { ErrorCategory: 2, Retryable: false },
    });
    await expect(rows('SELECT 1 FROM WHERE')).rejects.toMatchObject({
      code: 'LOCAL_ATHENA_QUERY',
      message: expect.stringMatching(/^MALFORMED_QUERY: line 1:15: /),
    });
  });

  test.each([
    ['CREATE TABLE t AS SELECT 1', /CREATE cannot be run here: .* Glue job/],
    ['INSERT INTO users SELECT 1', /INSERT cannot be run here/],
    ["UNLOAD (SELECT 1) TO 's3://lake/x'", /UNLOAD cannot be run here/],
    ['MSCK REPAIR TABLE orders', /MSCK cannot be run here/],
    ["SELECT * FROM users FOR TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00'", /Iceberg/],
    ["SELECT * FROM read_csv('/etc/passwd')", /cannot be run here/],
    ['SELECT * FROM "/etc/passwd"', /does not exist/],
    ['SELECT * FROM duckdb_settings()', /cannot be run here/],
    ['SELECT * FROM typed', /column tags of type array<string>/],
    ['SELECT id FROM lines', /TextInputFormat.*Hudi and Parquet/],
    ['SELECT * FROM broken', /HIVE_BAD_DATA: .*id .*integer.*int64/],
  ])('refuses %s', async (sql, reason) => {
    await expect(rows(sql)).rejects.toMatchObject({ code: 'LOCAL_ATHENA_QUERY', message: expect.stringMatching(reason) });
  });

  test('shows the catalog', async () => {
    expect(await rows('SHOW DATABASES')).toEqual([{ database_name: 'lake' }]);
    expect((await rows('SHOW TABLES')).map(({ tab_name }) => tab_name)).toContain('users');
    expect(await rows('SHOW COLUMNS IN lake.orders')).toEqual([{ field: 'id' }, { field: 'amount' }, { field: 'country' }]);
    expect(await rows('DESCRIBE changes')).toContainEqual({ col_name: 'committed_at', data_type: 'timestamp', comment: '' });
    const sql =
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'users' ORDER BY ordinal_position";
    expect(await rows(`${sql} LIMIT 1`)).toEqual([{ column_name: 'id', data_type: 'bigint' }]);
  });

  test('a workgroup that enforces its settings keeps results in its place; one that does not takes the place asked', async () => {
    const elsewhere = { ResultConfiguration: { OutputLocation: 's3://results/elsewhere/' } };
    const kept = await execution('SELECT 1', 'analysts', elsewhere);
    expect(kept.ResultConfiguration!.OutputLocation).toMatch(/^s3:\/\/results\/athena\//);
    const taken = await execution('SELECT 1', 'open', elsewhere);
    expect(taken.ResultConfiguration!.OutputLocation).toMatch(/^s3:\/\/results\/elsewhere\//);
    await expect(execution('SELECT 1', 'open')).rejects.toThrow('No output location provided');
    await expect(execution('SELECT 1', 'closed')).rejects.toThrow('is disabled');
    await expect(execution('SELECT 1', 'nobody')).rejects.toThrow('is not found');
  });

  test('a query that would read more than its workgroup allows is cancelled', async () => {
    const more = { ResultConfiguration: { OutputLocation: 's3://results/elsewhere/' } };
    const { Status } = await execution('SELECT name, details FROM users', 'frugal', more);
    expect(Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: expect.stringContaining('Bytes scanned limit') });
    expect((await execution('SELECT count(*) FROM users', 'frugal', more)).Status!.State).toBe('SUCCEEDED');
  });

  test('a query that runs can be stopped', async () => {
    const long = 'SELECT count(*) FROM users a CROSS JOIN users b CROSS JOIN users c CROSS JOIN users d';
    const input = { QueryString: long, WorkGroup: 'analysts', QueryExecutionContext: { Database: 'lake' } };
    const { QueryExecutionId } = await aws.athena.send(new StartQueryExecutionCommand(input));
    await aws.athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    expect((await ended(QueryExecutionId!)).Status).toMatchObject({ State: 'CANCELLED' });
    await expect(aws.athena.send(new GetQueryResultsCommand({ QueryExecutionId }))).rejects.toThrow('CANCELLED');
  });

  test('killed in the middle of a query, it has its history afterwards, and the query has failed', async () => {
    const before = await execution('SELECT 7 AS seven');
    const long = 'SELECT count(*) FROM users a CROSS JOIN users b CROSS JOIN users c CROSS JOIN users d';
    const input = { QueryString: long, WorkGroup: 'analysts', QueryExecutionContext: { Database: 'lake' } };
    const { QueryExecutionId } = await aws.athena.send(new StartQueryExecutionCommand(input));
    process.kill((await serviceStatus(home)).find(({ name }) => name === 'athena')!.pid!, 'SIGKILL');
    await expect(aws.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).rejects.toThrow('Athena does not run');
    await ensureServices(home, { services: ['athena'] });
    const { Status } = await ended(QueryExecutionId!);
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: expect.stringContaining('run it again') });
    const kept = await aws.athena.send(new GetQueryResultsCommand({ QueryExecutionId: before.QueryExecutionId }));
    expect(kept.ResultSet!.Rows!.map(({ Data }) => Data![0]!.VarCharValue)).toEqual(['seven', '7']);
  });

  test('resources are what the state says, and made again without a change', async () => {
    const again = await apply(resources);
    expect(new Set(Object.values(again))).toEqual(new Set(['unchanged']));
    const query = await aws.athena.send(new GetNamedQueryCommand({ NamedQueryId: 'a1b2c3d4-0000-4000-8000-000000000001' }));
    expect(query.NamedQuery).toMatchObject({ Name: 'counts', WorkGroup: 'analysts', Database: 'lake' });
    const { WorkGroup } = await aws.athena.send(new GetWorkGroupCommand({ WorkGroup: 'frugal' }));
    expect(WorkGroup!.Configuration!.BytesScannedCutoffPerQuery).toBe(1_000);
    const more = [...resources, tableResource('later', 's3://lake/users', HUDI, { id: 'bigint' })];
    expect((await apply(more))['aws_glue_catalog_table.later']).toBe('created');
    expect((await apply(resources))['aws_glue_catalog_table.later']).toBe('removed');
    await expect(rows('SELECT * FROM later')).rejects.toThrow('does not exist');
  });

  test('the service is there from its first workgroup to its last', async () => {
    const names = async () => (await serviceStatus(home)).map(({ name }) => name);
    expect(await names()).toContain('athena');
    await apply(resources.filter(([type]) => type !== 'aws_athena_workgroup'));
    expect(await names()).not.toContain('athena');
    await expect(rows('SELECT 1')).rejects.toMatchObject({ code: 'LOCAL_ATHENA_MISSING' });
  });
});

/** Texts as Spark's Python writes values and as Athena does, brought together. */
function comparable(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value === null) return [name, null];
      if (name === 'active') return [name, String(value).toLowerCase()];
      if (name === 'weight') return [name, Number(value)];
      // Athena has milliseconds, rounded half up.
      if (name === 'updated_at') return [name, Math.floor((micros(String(value)) + 500) / 1000)];
      return [name, String(value)];
    }),
  );
}

function micros(text: string): number {
  const [seconds, fraction = ''] = text.split('.');
  return Date.parse(`${seconds!.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}
