import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../../../test/support/random';
import { selection } from './support/dms';
import { DmsProcess } from './support/dms-process';
import { duckdb } from './support/duckdb';
import { filesOf } from './support/folder-store';
import type { TestDatabase } from './support/mariadb';
import { useDatabase } from './support/use-database';
import { differences, TABLES, Workload } from './support/workload';

const KILLS = 5;
const TRANSACTIONS = 1500;

let folder: string;
let database: TestDatabase;
useDatabase(['--sql-mode='], (suite) => {
  ({ folder, database } = suite);
});

test('killed and started again five times under random transactions, the files fold to the source in every column', async () => {
  await database.run(...TABLES.map(({ definition }) => definition));
  const connection = await database.connect('shop');
  const next = random(7);
  const workload = new Workload(connection, next);
  await workload.run(100);
  const dms = await DmsProcess.create(join(folder, 'dms'), database);
  const arn = await dms.api.create('killed');
  await dms.api.start(arn);
  for (let kills = 0; kills < KILLS; kills += 1) {
    const before = filesOf(dms.bucket).length;
    const working = workload.run(TRANSACTIONS / KILLS);
    // The first one falls into the full load or just behind it.
    await sleep(kills === 0 ? 50 : next(800));
    await dms.kill();
    await dms.start();
    await working;
    // It has gone on before it is killed again.
    while (filesOf(dms.bucket).length <= before) await sleep(20);
  }
  await workload.run(100);
  await connection.end();
  await dms.api.drained(arn, database);
  const task = await dms.api.stop(arn);
  expect(task).toMatchObject({ Status: 'stopped', StopReason: 'Stop Reason NORMAL' });
  expect(await differences(database, dms.bucket)).toEqual([]);
  const changes = filesOf(dms.bucket).filter((file) => !file.includes('LOAD'));
  expect(changes.length).toBeGreaterThanOrEqual(KILLS);
  await dms.close();
});

test('killed between its files, it writes the same files again: no row is there twice', async () => {
  await database.run('CREATE TABLE one (id INT PRIMARY KEY)', 'CREATE TABLE two (id INT PRIMARY KEY)');
  const dms = await DmsProcess.create(join(folder, 'between'), database, { dieAfter: 1 });
  const arn = await dms.api.create('between', {
    mappings: { rules: [selection('1', 'shop', 'one'), selection('2', 'shop', 'two')] },
  });
  await dms.api.start(arn);
  await dms.api.until(arn, ({ RecoveryCheckpoint }) => RecoveryCheckpoint !== undefined);
  await database.run(
    'INSERT INTO one VALUES (1)',
    'INSERT INTO two VALUES (1)',
    'ALTER TABLE one ADD COLUMN more INT',
    'INSERT INTO one VALUES (2, 2)',
  );
  await dms.ended();
  const before = filesOf(dms.bucket);
  expect(before).toHaveLength(1);
  await database.run('INSERT INTO two VALUES (2)');
  await dms.start({ dieAfter: undefined });
  await dms.api.drained(arn, database);
  await dms.api.stop(arn);
  const after = filesOf(dms.bucket);
  expect(after).toEqual(expect.arrayContaining(before));
  expect(after).toHaveLength(4);
  for (const table of ['one', 'two'])
    expect(
      duckdb(`SELECT id FROM read_parquet('${dms.bucket}/shop/${table}/*.parquet', union_by_name = true) ORDER BY id`)[0],
    ).toEqual([{ id: 1 }, { id: 2 }]);
  await dms.close();
});
