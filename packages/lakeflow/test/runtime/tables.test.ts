import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PipelineEvent, readEvents } from '../../src';
import { feature } from '../support/feature';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

const ORDERS = 'id INT, city STRING, amount INT';

describe('tables of a pipeline', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (sql: string) => {
    count += 1;
    return new TestLake(sail.engine, join(sail.folder, `tables-${count}`), sql);
  };
  const dataFiles = (lake: TestLake, table: string) =>
    readdirSync(lake.location(table)).filter((name) => name.endsWith('.parquet'));
  const eventsOf = (lake: TestLake) => readEvents(lake.folder, { catalog: 'c', name: 'p' });

  feature(
    'Datasets',
    'streams go from table to table and through views; a materialized view is computed anew only when something it reads changed',
    'Streaming tables',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH MATERIALIZED VIEW by_city COMMENT 'sums' AS SELECT city, sum(amount) AS total FROM good GROUP BY city;
      CREATE TEMPORARY VIEW big AS SELECT id, city, amount * 2 AS amount FROM STREAM(orders) AS o WHERE o.amount >= 10;
      CREATE OR REFRESH STREAMING TABLE good AS SELECT * FROM STREAM(big);
      CREATE OR REFRESH MATERIALIZED VIEW constant AS SELECT 1 AS one;
    `);
      await lake.append('orders', ORDERS, [
        { id: 1, city: 'X', amount: 10 },
        { id: 2, city: 'X', amount: 9 },
      ]);
      await lake.update();
      expect(await lake.rows('good')).toEqual(['{"amount":20,"city":"X","id":1}']);
      expect(await lake.rows('by_city')).toEqual(['{"city":"X","total":20}']);

      const before = sail.engine.statements;
      expect((await lake.update()).datasets.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged']);
      expect(sail.engine.statements).toBe(before);

      await lake.append('orders', ORDERS, [{ id: 3, city: 'X', amount: 1 }]);
      const small = await lake.update();
      expect(small.datasets).toMatchObject([
        { dataset: 's.good', status: 'refreshed', version: 0, rowsWritten: 0 },
        { dataset: 's.by_city', status: 'unchanged' },
        { dataset: 's.constant', status: 'unchanged' },
      ]);

      await lake.append('orders', ORDERS, [
        { id: 4, city: 'Y', amount: 20 },
        { id: 5, city: 'X', amount: 50 },
      ]);
      await lake.update();
      expect(await lake.rows('by_city')).toEqual(['{"city":"X","total":120}', '{"city":"Y","total":40}']);
      await lake.append('orders', ORDERS, [{ id: 6, city: 'Y', amount: 30 }]);
      await lake.update();
      expect(await lake.rows('by_city')).toEqual(['{"city":"X","total":120}', '{"city":"Y","total":100}']);
      expect(dataFiles(lake, 'good').length).toBeLessThanOrEqual(6);
      expect(existsSync(join(lake.folder, '.pipelines/c/p/s.good/staging'))).toBe(false);
    },
  );

  test('reads only the files that a source got since, whatever the source holds', async () => {
    const lake = setUp('CREATE OR REFRESH STREAMING TABLE copy AS SELECT * FROM STREAM(orders);');
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.update();
    const [old] = dataFiles(lake, 'orders');
    writeFileSync(join(lake.location('orders'), old!), 'no Parquet any more');
    await lake.append('orders', ORDERS, [{ id: 2, city: 'Y', amount: 2 }]);
    await lake.update();
    expect(await lake.rows('copy', 'id')).toEqual(['{"id":1}', '{"id":2}']);
  });

  feature('Streams', 'a stream joins a table as it is now', 'Stream-static joins', async () => {
    const lake = setUp(
      'CREATE OR REFRESH STREAMING TABLE named AS SELECT o.id, n.name FROM STREAM(orders) AS o LEFT JOIN names AS n ON o.city = n.city;',
    );
    await lake.append('names', 'city STRING, name STRING', [{ city: 'X', name: 'Xanten' }]);
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.update();
    await lake.append('names', 'city STRING, name STRING', [{ city: 'Y', name: 'Ypern' }]);
    await lake.append('orders', ORDERS, [{ id: 2, city: 'Y', amount: 2 }]);
    await lake.update();
    expect(await lake.rows('named')).toEqual(['{"id":1,"name":"Xanten"}', '{"id":2,"name":"Ypern"}']);
  });

  feature('Flows', 'several flows fill one streaming table, by name, in one commit', 'CREATE FLOW (pipelines)', async () => {
    const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE everything (id BIGINT, source STRING COMMENT 'where from', extra DATE);
      CREATE FLOW a AS INSERT INTO everything BY NAME SELECT 'a' AS source, id FROM STREAM(orders);
      CREATE FLOW b AS INSERT INTO everything BY NAME SELECT id, 'b' AS source, DATE'2024-01-01' AS extra FROM STREAM(returns);
    `);
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.append('returns', ORDERS, [{ id: 7, city: 'X', amount: 1 }]);
    expect((await lake.update()).datasets).toMatchObject([{ version: 0, rowsWritten: 2 }]);
    await lake.append('returns', ORDERS, [{ id: 8, city: 'X', amount: 1 }]);
    expect((await lake.update()).datasets).toMatchObject([{ version: 1, rowsWritten: 1 }]);
    expect(await lake.rows('everything')).toEqual([
      '{"extra":"2024-01-01","id":7,"source":"b"}',
      '{"extra":"2024-01-01","id":8,"source":"b"}',
      '{"extra":null,"id":1,"source":"a"}',
    ]);
    const columns = await sail.engine.describe(`SELECT * FROM ${lake.relation('everything')}`);
    expect(columns).toEqual([
      { name: 'id', type: 'bigint' },
      { name: 'source', type: 'string' },
      { name: 'extra', type: 'date' },
    ]);
  });

  feature(
    'Expectations',
    'several a dataset warn, drop and fail; counts go to the event log; NULL violates; a failure leaves the table as it was',
    'Manage data quality with pipeline expectations',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE checked (
        CONSTRAINT has_city EXPECT (city IS NOT NULL),
        CONSTRAINT positive EXPECT (amount > 0) ON VIOLATION DROP ROW,
        CONSTRAINT sane EXPECT (coalesce(amount, 0) < 1000) ON VIOLATION FAIL UPDATE
      ) AS SELECT * FROM STREAM(orders);
      CREATE OR REFRESH MATERIALIZED VIEW after AS SELECT count(*) AS n FROM checked;
      CREATE OR REFRESH STREAMING TABLE independent AS SELECT id FROM STREAM(orders);
    `);
      await lake.append('orders', ORDERS, [
        { id: 1, city: 'X', amount: 1 },
        { id: 2, city: null, amount: 2 },
        { id: 3, city: 'X', amount: 0 },
        { id: 4, city: 'X', amount: null },
      ]);
      const seen: PipelineEvent[] = [];
      const first = await lake.update({ onEvent: (event) => seen.push(event) });
      expect(first.datasets).toMatchObject([{ dataset: 's.checked', rowsWritten: 2, rowsDropped: 2 }, {}, {}]);
      expect(await lake.rows('checked', 'id')).toEqual(['{"id":1}', '{"id":2}']);
      expect(seen.find(({ type }) => type === 'expectations')).toMatchObject({
        dataset: 's.checked',
        expectations: [
          { name: 'has_city', action: 'warn', passed: 3, failed: 1 },
          { name: 'positive', action: 'drop', passed: 2, failed: 2 },
          { name: 'sane', action: 'fail', passed: 4, failed: 0 },
        ],
      });

      await lake.append('orders', ORDERS, [
        { id: 5, city: 'X', amount: 5 },
        { id: 6, city: 'X', amount: 5000 },
      ]);
      const failure = await lake.update().catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'LAKEFLOW_EXPECTATION_FAILED',
        message: expect.stringMatching(/sane.*1 of 2 new rows.*"id":6/),
        location: { file: 'pipeline.sql', line: 5 },
        result: {
          datasets: expect.arrayContaining([
            expect.objectContaining({ dataset: 's.checked', status: 'failed' }),
            expect.objectContaining({ dataset: 's.after', status: 'skipped', because: 's.checked' }),
            expect.objectContaining({ dataset: 's.independent', status: 'refreshed' }),
          ]),
        },
      });
      expect(await lake.rows('checked', 'id')).toEqual(['{"id":1}', '{"id":2}']);
      expect(await lake.rows('independent', 'id')).toHaveLength(6);

      lake.sql = lake.sql.replace('FAIL UPDATE', 'DROP ROW');
      await lake.update();
      expect(await lake.rows('checked', 'id')).toEqual(['{"id":1}', '{"id":2}', '{"id":5}']);
    },
  );

  feature('Datasets', 'NOT NULL columns are enforced', 'Constraints on Databricks', async () => {
    const lake = setUp(
      'CREATE OR REFRESH STREAMING TABLE t (id INT NOT NULL, city STRING, amount INT) AS SELECT * FROM STREAM(orders);',
    );
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.update();
    await lake.append('orders', ORDERS, [{ id: null, city: 'X', amount: 1 }]);
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_NOT_NULL',
      message: expect.stringContaining('column id'),
    });
    expect(await lake.rows('t', 'id')).toEqual(['{"id":1}']);
  });

  test('refuses other columns until a full refresh, which replaces the table', async () => {
    const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE t AS SELECT id, city FROM STREAM(orders);
      CREATE OR REFRESH STREAMING TABLE u AS SELECT id FROM STREAM(t);
    `);
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.update();
    lake.sql = lake.sql.replace('id, city', 'id, amount, CAST(city AS VARCHAR(10)) AS town');
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_SCHEMA_CHANGED',
      message: expect.stringMatching(/city is gone$/),
      hint: expect.stringContaining('full refresh of s.t'),
    });
    await expect(lake.update({ fullRefresh: ['t'] })).rejects.toMatchObject({
      code: 'LAKEFLOW_FULL_REFRESH',
      hint: 'refresh s.u as well',
    });
    await lake.append('orders', ORDERS, [{ id: 2, city: 'Y', amount: 2 }]);
    await lake.update({ fullRefresh: ['t', 's.u'] });
    expect(await lake.rows('t')).toEqual(['{"amount":1,"id":1,"town":"X"}', '{"amount":2,"id":2,"town":"Y"}']);
    expect(await lake.rows('u')).toEqual(['{"id":1}', '{"id":2}']);
    await lake.append('orders', ORDERS, [{ id: 3, city: 'Y', amount: 2 }]);
    await lake.update();
    expect(await lake.rows('u')).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
    await lake.update({ fullRefresh: 'all' });
    expect(await lake.rows('u')).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
    expect(existsSync(join(lake.folder, '.pipelines/c/p/refresh.json'))).toBe(false);
  });

  test('lets a materialized view change its columns', async () => {
    const lake = setUp('CREATE OR REFRESH MATERIALIZED VIEW v AS SELECT id FROM orders;');
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.update();
    lake.sql =
      "CREATE OR REFRESH MATERIALIZED VIEW v (place COMMENT 'town', n) AS SELECT city, count(*) FROM orders GROUP BY city;";
    await lake.update();
    expect(await lake.rows('v')).toEqual(['{"n":1,"place":"X"}']);
  });

  test('refuses a source whose rows changed, and one that is another table now', async () => {
    const lake = setUp('CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM(orders);');
    await lake.append('orders', ORDERS, [
      { id: 1, city: 'X', amount: 1 },
      { id: 2, city: 'X', amount: 1 },
    ]);
    await lake.update();
    await sail.engine.execute(`DELETE FROM ${lake.relation('orders')} WHERE id = 1`);
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_SOURCE_CHANGED',
      message: expect.stringContaining('c.s.orders'),
    });
    lake.sql = lake.sql.replace('orders', 'nowhere');
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_MISSING', location: { line: 1 } });
  });

  test('touches no table that it did not make, and misses one that was removed; a full refresh settles both', async () => {
    const lake = setUp('CREATE OR REFRESH STREAMING TABLE t AS SELECT id FROM STREAM(orders);');
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.append('t', 'id INT', [{ id: 99 }]);
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_FOREIGN' });
    expect(await lake.rows('t')).toEqual(['{"id":99}']);
    await lake.update({ fullRefresh: ['t'] });
    expect(await lake.rows('t')).toEqual(['{"id":1}']);
    rmSync(lake.location('t'), { recursive: true });
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_GONE' });
    await lake.update({ fullRefresh: 'all' });
    expect(await lake.rows('t')).toEqual(['{"id":1}']);

    const cdc = `CREATE OR REFRESH STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(orders) KEYS (id) SEQUENCE BY amount;`;
    const plain = lake.sql;
    lake.sql = cdc;
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_KIND' });
    await lake.update({ fullRefresh: 'all' });
    expect(await lake.rows('t')).toEqual(['{"amount":1,"city":"X","id":1}']);
    expect(existsSync(lake.location('t'))).toBe(false);
    lake.sql = plain;
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_KIND' });
    await lake.update({ fullRefresh: 'all' });
    expect(existsSync(`${lake.location('t')}.view.json`)).toBe(false);
    expect(await lake.rows('t')).toEqual(['{"id":1}']);
  });

  test('works in a lake below a folder with a space and other odd characters', async () => {
    const lake = new TestLake(
      sail.engine,
      join(sail.folder, 'My Projects [é] 100%', 'lake'),
      `CREATE OR REFRESH STREAMING TABLE copy AS SELECT id, amount FROM STREAM(orders);
       CREATE OR REFRESH STREAMING TABLE latest;
       CREATE FLOW f AS AUTO CDC INTO latest FROM STREAM(copy) KEYS (id) SEQUENCE BY amount;
       CREATE OR REFRESH MATERIALIZED VIEW n AS SELECT count(*) AS n FROM latest;`,
    );
    for (const amount of [1, 2]) {
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount }]);
      await lake.update();
    }
    expect(await lake.rows('latest')).toEqual(['{"amount":2,"id":1}']);
    expect(await lake.rows('n')).toEqual(['{"n":1}']);
  });

  test('runs one update at a time', async () => {
    const lake = setUp('CREATE OR REFRESH MATERIALIZED VIEW v AS SELECT 1 AS one;');
    const both = await Promise.allSettled([lake.update(), lake.update()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'LAKEFLOW_UPDATE_RUNNING' } });
    writeFileSync(join(lake.folder, '.pipelines/c/p/lock'), JSON.stringify({ pid: 2 ** 22 - 1, start: 'before' }));
    await lake.update();
    expect(await lake.rows('v')).toEqual(['{"one":1}']);
  });

  test('keeps an event log that survives a line cut off', async () => {
    const lake = setUp('CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM(orders);');
    await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
    await lake.update();
    expect(eventsOf(lake).map(({ type }) => type)).toEqual([
      'update_started',
      'dataset_started',
      'flow_progress',
      'dataset_refreshed',
      'update_finished',
    ]);
    writeFileSync(join(lake.folder, '.pipelines/c/p/events.jsonl'), '{"type":"upd', { flag: 'a' });
    await lake.update();
    expect(
      eventsOf(lake)
        .map(({ type }) => type)
        .slice(-2),
    ).toEqual(['update_started', 'update_finished']);
    expect(eventsOf(lake)).toHaveLength(7);
  });

  test('reads the target of AUTO CDC in materialized views, and refreshes it fully', async () => {
    const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE current;
      CREATE FLOW f AS AUTO CDC INTO current FROM STREAM(changes) KEYS (id) APPLY AS DELETE WHEN gone SEQUENCE BY at
        COLUMNS * EXCEPT (gone) STORED AS SCD TYPE 1;
      CREATE OR REFRESH MATERIALIZED VIEW n AS SELECT count(*) AS n FROM current WHERE current.id > 0;
    `);
    const schema = 'id INT, city STRING, gone BOOLEAN, at INT';
    await lake.append('changes', schema, [
      { id: 1, city: 'X', gone: false, at: 1 },
      { id: 2, city: 'Y', gone: false, at: 1 },
    ]);
    await lake.update();
    expect(await lake.rows('n')).toEqual(['{"n":2}']);
    await lake.append('changes', schema, [{ id: 1, city: null, gone: true, at: 2 }]);
    await lake.update();
    expect(await lake.rows('current', 'id')).toEqual(['{"id":2}']);
    expect(await lake.rows('n')).toEqual(['{"n":1}']);
    const before = sail.engine.statements;
    await lake.update();
    expect(sail.engine.statements).toBe(before);
    await lake.update({ fullRefresh: ['current'] });
    expect(await lake.rows('current', 'id')).toEqual(['{"id":2}']);
    expect(readdirSync(join(lake.folder, '.pipelines/c/p/s.current')).filter((name) => name.startsWith('backing'))).toEqual([
      'backing-1',
    ]);
    lake.sql = lake.sql.replace('SEQUENCE BY at', 'SEQUENCE BY at + 1');
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_CDC_CHANGED',
      hint: expect.stringContaining('full refresh of s.current'),
    });
    lake.sql = lake.sql.replace('SEQUENCE BY at + 1', 'SEQUENCE BY at').replace('EXCEPT (gone)', 'EXCEPT (gone, city)');
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_SCHEMA_CHANGED',
      message: expect.stringContaining('city is gone'),
    });
  });
});
