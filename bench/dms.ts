import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '@lakewright/config';
import { DmsProcess } from '../packages/dms/test/support/dms-process';
import { duckdb } from '../packages/dms/test/support/duckdb';
import { filesOf } from '../packages/dms/test/support/folder-store';
import { TestDatabase } from '../packages/dms/test/support/mariadb';
import { type Benchmark, type BenchOptions, MissingRival } from './support/benchmark';
import { type Cost, measured, median, typical } from './support/measure';
import { ratio } from './support/report';

const ROWS = 500_000;
const ROUNDS = 3;
const GOAL_ROWS = 20_000;
const GOAL_SHARE = 0.5;
const LATENCY_PROBES = 20;
const INTERVAL_SECONDS = 1;

const TABLE =
  'CREATE TABLE orders (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, product VARCHAR(40) NOT NULL, quantity SMALLINT, ' +
  "price DECIMAL(10,2), status ENUM('open','paid','sent') NOT NULL, note VARCHAR(100), paid TINYINT(1), ordered_at DATETIME(6), " +
  'updated_at TIMESTAMP(6) NULL)';
const VALUES =
  "seq % 9973, CONCAT('product ', seq % 500), seq % 20, (seq % 100000) / 100, 1 + seq % 3, IF(seq % 4, REPEAT('n', seq % 60), NULL), seq % 2, " +
  "'2026-01-31 09:00:00.000001' + INTERVAL seq SECOND, NOW(6)";
const COLUMNS = 'customer_id, product, quantity, price, status, note, paid, ordered_at, updated_at';

/** Full load, changes and latency of the local DMS, against decoding the same log with the database's own tool. */
export const dms: Benchmark = {
  name: 'dms',
  title: 'Replication: full load and changes',
  async run({ folder, events = ROWS, rounds = ROUNDS, note }: BenchOptions) {
    const tool = decoder();
    const database = await TestDatabase.start(join(folder, 'database'));
    try {
      const position = await prepare(database, events, note);
      const changed = await changes(database, events, note);
      const stop = await mark(database);
      const runs: Record<'load' | 'capture' | 'decode', Cost[]> = { load: [], capture: [], decode: [] };
      for (let round = 0; round < rounds; round += 1) {
        runs.load.push(await load(join(folder, `load${round}`), database));
        runs.capture.push(await capture(join(folder, `capture${round}`), database, { position, stop, changed }));
        runs.decode.push(await decode(tool, join(database.folder, 'data'), position));
        note(
          `round ${round + 1}: ${[runs.load, runs.capture, runs.decode].map((all) => `${all.at(-1)!.seconds.toFixed(2)} s`).join(', ')}`,
        );
      }
      const latency = await latencies(join(folder, 'latency'), database);
      const rate = (rows: number, costs: readonly Cost[]) => Math.round(rows / typical(costs).seconds);
      const captured = rate(changed, runs.capture);
      const share = ratio(runs.decode, runs.capture);
      return {
        about:
          `A table of ten columns with ${events.toLocaleString('en')} rows, then ${changed.toLocaleString('en')} changes of rows in transactions of 100 ` +
          `(two inserts to one update, then deletions), from MariaDB on the same machine into Parquet in a folder. The database is not counted; memory is that of the process of DMS alone, for the rival it is with the benchmark's own. ` +
          'The rival is `mariadb-binlog -vv --base64-output=decode-rows`, which reads the same files of the log and writes text to nowhere.',
        lines: [
          { what: 'DMS: full load', runs: runs.load },
          { what: 'DMS: changes from the log into files', runs: runs.capture },
          { what: 'mariadb-binlog: the same log as text', runs: runs.decode },
        ],
        verdicts: [
          { what: 'full load, rows a second', value: rate(events, runs.load).toLocaleString('en') },
          {
            what: 'changes, rows a second',
            value: captured.toLocaleString('en'),
            goal: `${GOAL_ROWS.toLocaleString('en')} or more`,
            met: captured >= GOAL_ROWS,
          },
          { what: 'mariadb-binlog, rows a second', value: rate(changed, runs.decode).toLocaleString('en') },
          {
            what: 'how fast changes are, mariadb-binlog being 1',
            value: share.text,
            goal: `${GOAL_SHARE} or more`,
            met: share.judged >= GOAL_SHARE,
          },
          {
            what: `from commit to file, CdcMaxBatchInterval ${INTERVAL_SECONDS} s (median, most of ${LATENCY_PROBES})`,
            value: `${median(latency).toFixed(2)} s, ${Math.max(...latency).toFixed(2)} s`,
          },
        ],
      };
    } finally {
      await database.stop();
    }
  },
};

/** @throws MissingRival */
function decoder(): string {
  const folders = (childEnvironment().PATH ?? '').split(delimiter);
  const found = ['mariadb-binlog', 'mysqlbinlog'].flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (!found) throw new MissingRival('mariadb-binlog is not on PATH (Debian: apt-get install mariadb-client)');
  return found;
}

/** The first rows; the place of the log behind them. */
async function prepare(database: TestDatabase, rows: number, note: (text: string) => void): Promise<string> {
  note(`${rows} rows`);
  await database.run(TABLE, `INSERT INTO orders (${COLUMNS}) SELECT ${VALUES} FROM seq_1_to_${rows}`, 'FLUSH BINARY LOGS');
  const [status] = await database.rows('SHOW MASTER STATUS');
  return `${status!['File']}:${status!['Position']}`;
}

/** Changes in transactions of a hundred; how many rows were changed. The rows of before are left as they were. */
async function changes(database: TestDatabase, rows: number, note: (text: string) => void): Promise<number> {
  const connection = await database.connect('shop');
  await connection.query(`CREATE TABLE orders_changed LIKE orders`);
  let changed = 0;
  for (let from = 1; changed < rows; from += 100) {
    await connection.query(
      `INSERT INTO orders_changed (id, ${COLUMNS}) SELECT seq, ${VALUES} FROM seq_${from}_to_${from + 99};` +
        `UPDATE orders_changed SET status = 'sent', updated_at = NOW(6) WHERE id BETWEEN ${from} AND ${from + 49};` +
        (from % 1000 === 1 ? `DELETE FROM orders_changed WHERE id BETWEEN ${from} AND ${from + 99}` : ''),
    );
    changed += from % 1000 === 1 ? 250 : 150;
  }
  await connection.end();
  note(`${changed} changes`);
  return changed;
}

/** A commit at a later second than all changes, at which the task ends; that second. */
async function mark(database: TestDatabase): Promise<string> {
  await sleep(2000);
  const second = new Date().toISOString().slice(0, 19);
  await sleep(1000);
  await database.run('CREATE TABLE marker (id INT)', 'INSERT INTO marker VALUES (1)');
  return second;
}

async function load(folder: string, database: TestDatabase): Promise<Cost> {
  const dms = await DmsProcess.create(folder, database);
  const arn = await dms.api.create('load', { migrationType: 'full-load', mappings: only('orders') });
  const cost = await costOf(dms, async () => {
    await dms.api.start(arn);
    await dms.api.until(arn, ({ Status }) => Status === 'stopped');
  });
  await dms.close();
  return cost;
}

async function capture(
  folder: string,
  database: TestDatabase,
  log: { position: string; stop: string; changed: number },
): Promise<Cost> {
  const dms = await DmsProcess.create(folder, database);
  const s3 = { CdcMaxBatchInterval: 60, CdcMinFileSize: 32_000 };
  const arn = await dms.api.create('changes', { migrationType: 'cdc', mappings: only('orders_changed'), s3 });
  const cost = await costOf(dms, async () => {
    await dms.api.start(arn, 'start-replication', { CdcStartPosition: log.position, CdcStopPosition: `commit_time:${log.stop}` });
    await dms.api.until(arn, ({ Status }) => Status === 'stopped');
  });
  const [[counted]] = duckdb(`SELECT count(*) AS n FROM '${dms.bucket}/shop/orders_changed/*.parquet'`) as [[{ n: number }]];
  if (counted.n !== log.changed) throw new Error(`${log.changed} changes, but ${counted.n} rows in the files`);
  await dms.close();
  return cost;
}

/** With the memory of the process of DMS alone, where the system tells the most that it has held. */
async function costOf(dms: DmsProcess, action: () => Promise<void>): Promise<Cost> {
  const pid = dms.child!.pid!;
  const { cost } = await measured(action, [pid]);
  const status = `/proc/${pid}/status`;
  const most = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return most === undefined ? cost : { ...cost, memory: Number(most) * 1024 };
}

async function decode(tool: string, data: string, position: string): Promise<Cost> {
  const first = position.split(':')[0]!;
  const files = readdirSync(data).filter((name) => /^binlog\.\d+$/.test(name) && name >= first);
  const { cost } = await measured(
    () =>
      new Promise<void>((resolve, reject) => {
        const nowhere = openSync('/dev/null', 'w');
        const child = spawn(tool, ['--no-defaults', '-vv', '--base64-output=decode-rows', ...files], {
          cwd: data,
          stdio: ['ignore', nowhere, 'inherit'],
          env: childEnvironment(),
        });
        child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${tool} ended with ${code}`))));
        closeSync(nowhere);
      }),
  );
  return cost;
}

/** Seconds from the commit of a row until there is a file with it. */
async function latencies(folder: string, database: TestDatabase): Promise<number[]> {
  await database.run('CREATE TABLE probe (id INT PRIMARY KEY)');
  const dms = await DmsProcess.create(folder, database);
  const arn = await dms.api.create('latency', {
    migrationType: 'cdc',
    mappings: only('probe'),
    s3: { CdcMaxBatchInterval: INTERVAL_SECONDS },
  });
  await dms.api.start(arn);
  await dms.api.until(arn, ({ RecoveryCheckpoint }) => RecoveryCheckpoint !== undefined);
  const connection = await database.connect('shop');
  const seconds: number[] = [];
  for (let probe = 0; probe < LATENCY_PROBES; probe += 1) {
    await connection.query(`INSERT INTO probe VALUES (${probe})`);
    const began = performance.now();
    while (filesOf(dms.bucket).length === probe) await sleep(5);
    seconds.push((performance.now() - began) / 1000);
  }
  await connection.end();
  await dms.close();
  return seconds;
}

function only(table: string) {
  return {
    rules: [
      {
        'rule-type': 'selection',
        'rule-id': '1',
        'rule-name': '1',
        'object-locator': { 'schema-name': 'shop', 'table-name': table },
        'rule-action': 'include',
      },
    ],
  };
}
