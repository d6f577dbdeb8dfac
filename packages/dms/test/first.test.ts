import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDms } from './support/dms';
import { duckdb } from './support/duckdb';
import { filesOf } from './support/folder-store';
import { TestDatabase } from './support/mariadb';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-dms-'));
  database = await TestDatabase.start(join(folder, 'database'));
});
afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true });
});

test('full load and changes', async () => {
  await database.run('CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))', "INSERT INTO t VALUES (1, 'one'), (2, NULL)");
  const dms = await testDms(join(folder, 'dms'), database);
  const arn = await dms.api.create('first');
  await dms.api.start(arn);
  await database.run("INSERT INTO t VALUES (3, 'three')", "UPDATE t SET name = 'two' WHERE id = 2", 'DELETE FROM t WHERE id = 1', 'UPDATE t SET id = 4 WHERE id = 3');
  await dms.api.drained(arn, database);
  console.log(await dms.api.task(arn), await dms.api.statistics(arn));
  await dms.api.stop(arn);
  console.log(filesOf(dms.bucket));
  console.log(duckdb(`SELECT * FROM read_parquet('${dms.bucket}/shop/t/*.parquet', filename=true)`));
  await dms.close();
});
