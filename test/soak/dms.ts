// npm run soak:dms -- [--seconds 120] [--seed 1]
// Random transactions at full speed on a real MariaDB while the DMS is killed and started again at random moments; in the end all that was
// committed is drained, and the files fold to the source in every column. Exit code 0 only then; a difference is printed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DmsProcess } from '../../packages/dms/test/support/dms-process';
import { filesOf } from '../../packages/dms/test/support/folder-store';
import { TestDatabase } from '../../packages/dms/test/support/mariadb';
import { differences, TABLES, Workload } from '../../packages/dms/test/support/workload';
import { random } from '../support/random';

const KILLS = 5;
const CONNECTIONS = 2;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' } },
  });
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-soak-dms-'));
  const database = await TestDatabase.start(join(folder, 'database'), ['--sql-mode=']);
  try {
    await database.run(...TABLES.map(({ definition }) => definition));
    const dms = await DmsProcess.create(join(folder, 'dms'), database);
    const arn = await dms.api.create('soak');
    const end = performance.now() + seconds * 1000;
    const working = Promise.all(Array.from({ length: CONNECTIONS }, (_, number) => work(database, seed * 1000 + number, end)));
    await dms.api.start(arn);
    const next = random(seed);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(((0.5 + next(1000) / 1000) * seconds * 1000) / (KILLS + 1));
      await dms.kill();
      await dms.start();
      say(`killed and started again: ${kill + 1} of ${KILLS}`);
    }
    const transactions = (await working).reduce((sum, done) => sum + done, 0);
    say(`${transactions} transactions in ${seconds} s; draining`);
    await dms.api.drained(arn, database);
    await dms.api.stop(arn);
    const found = await differences(database, dms.bucket);
    const statistics = await dms.api.statistics(arn);
    const rows = statistics.reduce((sum, table) => sum + table.Inserts! + table.Updates! + table.Deletes!, 0);
    say(`${rows} changes in ${filesOf(dms.bucket).length} files`);
    await dms.close();
    for (const line of found) say(line);
    say(found.length === 0 ? 'no difference' : `${found.length} tables differ (seed ${seed})`);
    return found.length === 0 ? 0 : 1;
  } finally {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Transactions until a moment. Two connections may wait for each other's locks: one of them is told to begin again. */
async function work(database: TestDatabase, seed: number, end: number): Promise<number> {
  const connection = await database.connect('shop');
  const workload = new Workload(connection, random(seed));
  let done = 0;
  while (performance.now() < end) {
    try {
      done += await workload.run(Number.MAX_SAFE_INTEGER, () => performance.now() < end);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ER_LOCK_DEADLOCK') throw error;
      await connection.query('ROLLBACK');
    }
  }
  await connection.end();
  return done;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
