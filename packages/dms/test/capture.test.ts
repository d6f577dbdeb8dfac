import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteReplicationTaskCommand,
  ModifyReplicationTaskCommand,
  ReloadTablesCommand,
} from '@aws-sdk/client-database-migration-service';
import { ALL, selection, type TaskOptions, testDms } from './support/dms';
import { duckdb } from './support/duckdb';
import { filesOf } from './support/folder-store';
import type { TestDatabase } from './support/mariadb';
import { useDatabase } from './support/use-database';

let folder: string;
let database: TestDatabase;
let dms: Awaited<ReturnType<typeof testDms>>;
let number = 0;
useDatabase([], (suite) => {
  ({ folder, database } = suite);
});
beforeEach(async () => {
  number += 1;
  await database.run('DROP DATABASE shop', 'CREATE DATABASE shop CHARACTER SET utf8mb4');
  dms = await testDms(join(folder, String(number)), database);
});
afterEach(async () => dms.close());

/** A task that has loaded what there is and follows the log. */
async function following(options: TaskOptions = {}): Promise<string> {
  const arn = await dms.api.create('task', options);
  await dms.api.start(arn);
  await dms.api.until(arn, ({ RecoveryCheckpoint }) => RecoveryCheckpoint !== undefined);
  return arn;
}

/** Rows of a table's files, in the order of the files. */
function rows(table: string, columns = '* EXCLUDE (committed_at)', files = '*'): unknown[] {
  const from = `read_parquet('${dms.bucket}/shop/${table}/${files}.parquet', union_by_name = true, filename = true, file_row_number = true)`;
  return duckdb(
    `SELECT ${columns} FROM (SELECT * EXCLUDE (filename, file_row_number) FROM ${from} ORDER BY filename LIKE '%/LOAD%' DESC, filename, file_row_number)`,
  )[0]!;
}

const changeFiles = (table: string) => filesOf(dms.bucket).filter((file) => file.startsWith(`shop/${table}/2`));

test('changes come with their operation and the time of their commit, in the order of the commits', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))', "INSERT INTO t VALUES (1, 'one'), (2, NULL)");
  const arn = await following();
  const before = Math.floor(Date.now() / 1000) * 1000;
  await database.run(
    "INSERT INTO t VALUES (3, 'three')",
    "BEGIN; UPDATE t SET name = 'two' WHERE id = 2; INSERT INTO t VALUES (9, 'gone'); ROLLBACK",
    "BEGIN; UPDATE t SET name = 'two' WHERE id = 2; DELETE FROM t WHERE id = 1; COMMIT",
    'UPDATE t SET id = 4 WHERE id = 3',
  );
  await dms.api.drained(arn, database);
  expect(rows('t')).toEqual([
    { Op: 'I', id: 1, name: 'one' },
    { Op: 'I', id: 2, name: null },
    { Op: 'I', id: 3, name: 'three' },
    { Op: 'U', id: 2, name: 'two' },
    { Op: 'D', id: 1, name: 'one' },
    { Op: 'D', id: 3, name: 'three' },
    { Op: 'I', id: 4, name: 'three' },
  ]);
  expect(filesOf(dms.bucket)[0]).toMatch(/^shop\/t\/\d{8}-\d{9}\.parquet$/);
  expect(filesOf(dms.bucket).at(-1)).toBe('shop/t/LOAD00000001.parquet');
  for (const { at } of rows('t', 'committed_at AS at', '2*') as { at: string }[]) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000000$/);
    expect(Date.parse(`${at.replace(' ', 'T')}Z`)).toBeGreaterThanOrEqual(before);
  }
  const [statistics] = await dms.api.statistics(arn);
  expect(statistics).toMatchObject({ SchemaName: 'shop', TableName: 't', FullLoadRows: 2, Inserts: 1, Updates: 2, Deletes: 1 });
  expect(statistics).toMatchObject({ TableState: 'Table completed' });
});

test('columns that are added, renamed and dropped while it runs: each file has those of its rows', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))');
  const arn = await following();
  await database.run(
    "INSERT INTO t VALUES (1, 'one')",
    'ALTER TABLE t ADD COLUMN price DECIMAL(6,2) UNSIGNED AFTER id',
    "INSERT INTO t VALUES (2, 2.5, 'two')",
    'ALTER TABLE t CHANGE name title TEXT, MODIFY id BIGINT',
    "INSERT INTO t VALUES (3, 3.5, 'three')",
    'ALTER TABLE t DROP COLUMN price',
    "INSERT INTO t VALUES (4, 'four')",
  );
  await dms.api.drained(arn, database);
  expect(changeFiles('t')).toHaveLength(4);
  expect(rows('t', 'Op, id, name, CAST(price AS VARCHAR) AS price, title')).toEqual([
    { Op: 'I', id: 1, name: 'one', price: null, title: null },
    { Op: 'I', id: 2, name: 'two', price: '2.50', title: null },
    { Op: 'I', id: 3, name: null, price: '3.50', title: 'three' },
    { Op: 'I', id: 4, name: null, price: null, title: 'four' },
  ]);
});

test('a table that is truncated or dropped loses its files; one that is made is followed', async () => {
  await database.run(
    'CREATE TABLE a (id INT PRIMARY KEY)',
    'CREATE TABLE b (id INT PRIMARY KEY)',
    'INSERT INTO a VALUES (1)',
    'INSERT INTO b VALUES (1)',
  );
  const arn = await following();
  await database.run(
    'INSERT INTO a VALUES (2)',
    'TRUNCATE a',
    'INSERT INTO a VALUES (3)',
    'CREATE TABLE c (id INT) ENGINE = MyISAM',
    'INSERT INTO c VALUES (4), (4)',
    'DROP TABLE b',
  );
  await dms.api.drained(arn, database);
  expect(rows('a')).toEqual([{ Op: 'I', id: 3 }]);
  expect(rows('c')).toEqual([
    { Op: 'I', id: 4 },
    { Op: 'I', id: 4 },
  ]);
  expect(filesOf(dms.bucket).filter((file) => file.startsWith('shop/b/'))).toEqual([]);
  expect((await dms.api.task(arn)).ReplicationTaskStats).toMatchObject({
    TablesLoaded: 3,
    TablesQueued: 0,
    FullLoadProgressPercent: 100,
  });
});

test('with the handling of truncation and drops off the files stay', async () => {
  await database.run('CREATE TABLE a (id INT PRIMARY KEY)', 'INSERT INTO a VALUES (1)');
  const policy = { HandleSourceTableTruncated: false, HandleSourceTableDropped: false };
  const arn = await following({ settings: { ChangeProcessingDdlHandlingPolicy: policy } });
  await database.run('TRUNCATE a', 'INSERT INTO a VALUES (3)', 'DROP TABLE a');
  await dms.api.drained(arn, database);
  expect(rows('a')).toEqual([
    { Op: 'I', id: 1 },
    { Op: 'I', id: 3 },
  ]);
});

test('tables, names and columns as the mappings say, in the folder of the endpoint', async () => {
  await database.run(
    'CREATE TABLE orders (id INT PRIMARY KEY, Secret_Note TEXT, total INT)',
    'CREATE TABLE orders_old (id INT PRIMARY KEY)',
    'INSERT INTO orders VALUES (1, 2, 3)',
    'INSERT INTO orders_old VALUES (1)',
  );
  const change = (id: string, target: string, action: string, column: string | undefined, value?: string) => ({
    ...selection(id, 'shop', 'orders', action),
    'rule-type': 'transformation',
    'rule-target': target,
    'object-locator': { 'schema-name': 'shop', 'table-name': 'orders', ...(column ? { 'column-name': column } : {}) },
    value,
  });
  const rules = [
    ...[selection('1', 'shop', 'orders%'), selection('2', 'shop', '%[_]old', 'exclude')],
    ...[change('3', 'column', 'remove-column', 'Secret[_]%'), change('4', 'column', 'convert-uppercase', '%')],
    ...[change('5', 'table', 'add-prefix', undefined, 'src_'), change('6', 'column', 'add-suffix', 'total', '_EUR')],
  ];
  const arn = await following({ mappings: { rules }, s3: { BucketFolder: 'raw/' } });
  await database.run('INSERT INTO orders VALUES (2, 3, 4)');
  await dms.api.drained(arn, database);
  const files = filesOf(dms.bucket);
  expect(files).toHaveLength(2);
  for (const file of files) expect(file).toMatch(/^raw\/shop\/src_orders\//);
  expect(duckdb(`SELECT ID, TOTAL_EUR FROM '${dms.bucket}/raw/shop/src_orders/*.parquet' ORDER BY ID`)[0]).toEqual([
    { ID: 1, TOTAL_EUR: 3 },
    { ID: 2, TOTAL_EUR: 4 },
  ]);
});

test('inserts alone, without Op, large objects cut, moments in milliseconds', async () => {
  await database.run(
    'CREATE TABLE t (id INT PRIMARY KEY, at DATETIME(6), note LONGTEXT)',
    "INSERT INTO t VALUES (1, '2026-01-31 09:00:00.123456', REPEAT('ä', 1000))",
  );
  const arn = await following({
    s3: { CdcInsertsOnly: true, IncludeOpForFullLoad: false, TimestampColumnName: '', ParquetTimestampInMillisecond: true },
    settings: { TargetMetadata: { SupportLobs: true, LimitedSizeLobMode: true, LobMaxSize: 1 } },
  });
  await database.run(
    "INSERT INTO t VALUES (2, '1969-12-31 23:59:59.999999', REPEAT('b', 1025))",
    'DELETE FROM t WHERE id = 1',
    "UPDATE t SET note = ''",
  );
  await dms.api.drained(arn, database);
  expect(rows('t', 'id, length(note) AS length, CAST("at" AS VARCHAR) AS moment')).toEqual([
    { id: 1, length: 512, moment: '2026-01-31 09:00:00.123+00' },
    { id: 2, length: 1024, moment: '1969-12-31 23:59:59.999+00' },
  ]);
});

test('with DataTruncationErrorPolicy STOP_TASK a large object that would be cut ends the task, and a larger limit lets it go on', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, note LONGTEXT)');
  const limit = (kb: number) => ({
    TargetMetadata: { LobMaxSize: kb },
    ErrorBehavior: { DataTruncationErrorPolicy: 'STOP_TASK' },
  });
  const arn = await following({ settings: limit(1) });
  await database.run("INSERT INTO t VALUES (1, REPEAT('x', 1024)), (2, REPEAT('x', 1025))");
  await expect(dms.api.until(arn, () => false)).rejects.toThrow(/DMS_LOB_TOO_LARGE: a value of note has 1025 bytes/);
  await dms.api.client.send(
    new ModifyReplicationTaskCommand({ ReplicationTaskArn: arn, ReplicationTaskSettings: JSON.stringify(limit(2)) }),
  );
  await dms.api.start(arn, 'resume-processing');
  await dms.api.drained(arn, database);
  expect(rows('t', 'id, length(note) AS length')).toEqual([
    { id: 1, length: 1024 },
    { id: 2, length: 1025 },
  ]);
});

test('a file is written as soon as it is large enough, with whole transactions', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, note VARCHAR(200))');
  const arn = await following({ s3: { CdcMinFileSize: 1, CdcMaxBatchInterval: 600 } });
  await database.run(
    "INSERT INTO t SELECT seq, REPEAT('x', 150) FROM seq_1_to_20000",
    'UPDATE t SET note = id',
    'DELETE FROM t WHERE id > 10',
  );
  await dms.api.until(arn, () => changeFiles('t').length === 3);
  const [counts] = duckdb(`SELECT "Op" AS op, count(*) AS n FROM '${dms.bucket}/shop/t/2*.parquet' GROUP BY 1 ORDER BY 1`);
  expect(counts).toEqual([
    { op: 'D', n: 19990 },
    { op: 'I', n: 20000 },
    { op: 'U', n: 20000 },
  ]);
});

test('a transaction that is larger than what is held in memory is cut into files, in order', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, note VARCHAR(2000))');
  const arn = await following({ s3: { CdcMaxBatchInterval: 600, CdcMinFileSize: 1_000_000 } });
  await database.run(
    "BEGIN; INSERT INTO t SELECT seq, REPEAT('x', 2000) FROM seq_1_to_70000; UPDATE t SET note = id WHERE id <= 3; COMMIT",
  );
  await dms.api.until(arn, () => changeFiles('t').length > 1);
  // Its end is written when the task stops: before that there may be more to come.
  await dms.api.stop(arn);
  const changes = `'${dms.bucket}/shop/t/2*.parquet'`;
  expect(duckdb(`SELECT "Op" AS op, count(*) AS n FROM ${changes} GROUP BY 1 ORDER BY 1`)[0]).toEqual([
    { op: 'I', n: 70000 },
    { op: 'U', n: 3 },
  ]);
  expect(duckdb(`SELECT DISTINCT filename FROM read_parquet(${changes}, filename = true) WHERE "Op" = 'U'`)[0]).toEqual([
    { filename: join(dms.bucket, changeFiles('t').at(-1)!) },
  ]);
});

test('an XA transaction ends the task, which says where it is', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY)');
  const arn = await following();
  await database.run("XA START 'x'; INSERT INTO t VALUES (1); XA END 'x'; XA PREPARE 'x'; XA COMMIT 'x'");
  await expect(dms.api.until(arn, () => false)).rejects.toThrow(
    /DMS_BINLOG_EVENT: the binary log has an XA transaction at binlog\.\d+:\d+/,
  );
});

test('a task starts, stops, goes on, is reloaded, and is not deleted while it runs', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1)');
  const arn = await following();
  await expect(dms.api.client.send(new DeleteReplicationTaskCommand({ ReplicationTaskArn: arn }))).rejects.toMatchObject({
    name: 'InvalidResourceStateFault',
  });
  expect(await dms.api.stop(arn)).toMatchObject({ StopReason: 'Stop Reason NORMAL' });
  await expect(dms.api.stop(arn)).rejects.toMatchObject({ name: 'InvalidResourceStateFault' });
  await database.run('INSERT INTO t VALUES (2)');
  await expect(dms.api.start(arn)).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
  await dms.api.start(arn, 'resume-processing');
  await dms.api.drained(arn, database);
  expect(rows('t')).toEqual([
    { Op: 'I', id: 1 },
    { Op: 'I', id: 2 },
  ]);
  await dms.restart();
  expect((await dms.api.until(arn, ({ Status }) => Status === 'running')).StopReason).toBeUndefined();
  await database.run('INSERT INTO t VALUES (3)');
  await dms.api.drained(arn, database);
  await dms.api.stop(arn);
  await dms.api.start(arn, 'reload-target');
  await dms.api.until(arn, ({ ReplicationTaskStats }) => ReplicationTaskStats?.FullLoadProgressPercent === 100);
  expect(filesOf(dms.bucket)).toEqual(['shop/t/LOAD00000001.parquet']);
  expect(rows('t')).toHaveLength(3);
  await dms.api.stop(arn);
  await dms.api.client.send(new DeleteReplicationTaskCommand({ ReplicationTaskArn: arn }));
  await expect(dms.api.task(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundFault' });
});

test('one table is loaded again while the others go on', async () => {
  await database.run('CREATE TABLE a (id INT PRIMARY KEY)', 'CREATE TABLE b (id INT PRIMARY KEY)', 'INSERT INTO a VALUES (1)');
  const arn = await following();
  await database.run('INSERT INTO a VALUES (2)', 'INSERT INTO b VALUES (2)');
  await dms.api.drained(arn, database);
  const tables = [{ SchemaName: 'shop', TableName: 'a' }];
  await dms.api.client.send(new ReloadTablesCommand({ ReplicationTaskArn: arn, TablesToReload: tables }));
  while (changeFiles('a').length > 0) await sleep(20);
  await database.run('INSERT INTO a VALUES (3)', 'INSERT INTO b VALUES (3)');
  await dms.api.drained(arn, database);
  expect(rows('a', 'id', 'LOAD*')).toEqual([{ id: 1 }, { id: 2 }]);
  expect(rows('a', 'DISTINCT id', '*')).toHaveLength(3);
  expect(rows('b')).toEqual([
    { Op: 'I', id: 2 },
    { Op: 'I', id: 3 },
  ]);
});

test('a full load alone ends by itself; changes alone begin where they are told to and end at a time', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1)');
  const load = await dms.api.create('load', { migrationType: 'full-load' });
  await dms.api.start(load);
  expect(await dms.api.until(load, ({ Status }) => Status === 'stopped')).toMatchObject({
    StopReason: 'Stop Reason FULL_LOAD_ONLY_FINISHED',
  });
  const [position] = await database.rows('SHOW MASTER STATUS');
  await database.run('INSERT INTO t VALUES (2)');
  const changes = await dms.api.create('changes', { migrationType: 'cdc', s3: { BucketFolder: 'cdc' } });
  await dms.api.start(changes, 'start-replication', {
    CdcStartPosition: `${position!['File']}:${position!['Position']}`,
    CdcStopPosition: `server_time:${new Date(Date.now() + 2000).toISOString().slice(0, 19)}`,
  });
  expect(await dms.api.until(changes, ({ Status }) => Status === 'stopped')).toMatchObject({
    StopReason: 'Stop Reason STOPPED_AFTER_CDC_STOP_POSITION',
  });
  expect(duckdb(`SELECT "Op", id FROM '${dms.bucket}/cdc/shop/t/*.parquet'`)[0]).toEqual([{ Op: 'I', id: 2 }]);
});

test('a source that goes away is waited for; a log that is gone ends the task with the way out', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY)');
  const arn = await following({ settings: { ErrorBehavior: { RecoverableErrorInterval: 0 } } });
  await database.stop();
  await sleep(300);
  await database.up();
  await database.run('INSERT INTO t VALUES (1)');
  await dms.api.drained(arn, database);
  expect(rows('t')).toEqual([{ Op: 'I', id: 1 }]);
  await dms.api.stop(arn);
  await database.run('FLUSH BINARY LOGS', 'INSERT INTO t VALUES (2)', 'RESET MASTER');
  await database.run('FLUSH BINARY LOGS', 'INSERT INTO t VALUES (3)', "PURGE BINARY LOGS TO 'binlog.000002'");
  await dms.api.start(arn, 'resume-processing');
  await expect(dms.api.until(arn, () => false)).rejects.toThrow(/DMS_BINLOG_GONE.*reload-target/);
  await dms.api.start(arn, 'reload-target');
  await dms.api.until(arn, ({ ReplicationTaskStats }) => ReplicationTaskStats?.FullLoadProgressPercent === 100);
  expect(rows('t')).toHaveLength(3);
});

test('a source that does not log what is needed is refused with the name of the setting', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY)', 'SET GLOBAL binlog_row_metadata = NO_LOG');
  const arn = await dms.api.create('task', { mappings: ALL });
  await dms.api.start(arn);
  await expect(dms.api.until(arn, () => false)).rejects.toThrow(/DMS_SOURCE_SETTINGS.*binlog_row_metadata is NO_LOG, not FULL/);
  await database.run('SET GLOBAL binlog_row_metadata = FULL');
});

test('no file of its folder has the password', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1)');
  await following();
  const state = join(folder, String(number), 'state');
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(3);
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain(database.secret.password);
});
