import { join } from 'node:path';
import { readCommit } from '../../src/delta/log';
import { Lakehouse } from '../../src/lakehouse';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

describe('bounds of wide decimals in the log of a Delta table', () => {
  const sail = withSail();
  const wide = "SELECT CAST('12345678901234567.89' AS DECIMAL(38, 2)) AS amount";
  const narrow = 'SELECT CAST(1.50 AS DECIMAL(15, 2)) AS amount';
  const total = 'CREATE OR REFRESH MATERIALIZED VIEW total AS SELECT sum(amount) AS amount FROM source;';

  test('tables of pipelines have none, and show what is stored', async () => {
    const lake = new TestLake(sail.engine, join(sail.folder, 'own'), `CREATE OR REFRESH MATERIALIZED VIEW t AS ${wide};`);
    await lake.update();
    const stats = readCommit(lake.location('t'), 0).flatMap(({ add }) => add?.stats ?? []);
    expect(stats.map((each) => JSON.parse(each))).toEqual([{ numRecords: 1 }]);
    expect(await lake.rows('t')).toEqual(['{"amount":"12345678901234567.89"}']);
  });

  test('a table of another writer with such bounds is refused by a pipeline and by a query, and nobody else is disturbed', async () => {
    const lake = new TestLake(sail.engine, join(sail.folder, 'foreign'), total);
    await sail.engine.appendDelta(wide, lake.location('source'), 'other');
    await expect(lake.update()).rejects.toMatchObject({
      code: 'DELTA_DECIMAL_BOUNDS',
      hint: expect.stringContaining('dataSkippingNumIndexedCols'),
    });
    await sail.engine.appendDelta(narrow, lake.location('good'), 'other');
    const lakehouse = new Lakehouse({ root: lake.folder, engine: sail.engine });
    expect((await lakehouse.query('SELECT amount FROM c.s.good')).rows).toEqual([{ amount: '1.50' }]);
    await expect(lakehouse.query('SELECT * FROM c.s.source')).rejects.toMatchObject({
      code: 'ENGINE_SQL',
      hint: expect.stringContaining('more than 15 digits'),
    });
  });

  test('up to 15 digits they are right', async () => {
    const lake = new TestLake(sail.engine, join(sail.folder, 'narrow'), total);
    await sail.engine.appendDelta(narrow, lake.location('source'), 'other');
    await lake.update();
    expect(await lake.rows('total')).toEqual(['{"amount":"1.50"}']);
  });
});
