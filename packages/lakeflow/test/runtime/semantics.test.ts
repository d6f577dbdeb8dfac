import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Lakehouse, type PipelineEvent, readEvents, validatePipeline, withQuarantine } from '../../src';
import { readSnapshot } from '../../src/delta/log';
import { feature } from '../support/feature';
import { putFiles } from '../support/files';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

const ORDERS = 'id INT, city STRING, amount INT';
const EXPECTATIONS = 'Manage data quality with pipeline expectations';

describe('pipelines as Lakeflow has them', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (sql: string) => {
    count += 1;
    const files = join(sail.folder, `in-${count}`);
    mkdirSync(files, { recursive: true });
    return new TestLake(sail.engine, join(sail.folder, `lake-${count}`), sql, { files });
  };
  const eventsOf = (lake: TestLake, type: PipelineEvent['type']) =>
    readEvents(lake.folder, { catalog: 'c', name: 'p' }).filter((event) => event.type === type);
  const ids = (...values: number[]) => values.map((id) => `{"id":${id}}`);

  feature('Expectations', 'of a temporary view warn, drop and fail in whatever reads the view', EXPECTATIONS, async () => {
    const lake = setUp(`
      CREATE TEMPORARY VIEW v (
        CONSTRAINT named EXPECT (city IS NOT NULL),
        CONSTRAINT positive EXPECT (amount > 0) ON VIOLATION DROP ROW,
        CONSTRAINT small EXPECT (amount < 100) ON VIOLATION FAIL UPDATE
      ) AS SELECT * FROM STREAM(orders);
      CREATE OR REFRESH STREAMING TABLE t AS SELECT id FROM STREAM(v);
      CREATE OR REFRESH STREAMING TABLE latest;
      CREATE FLOW f AS AUTO CDC INTO latest FROM STREAM(v) KEYS (id) SEQUENCE BY amount;
    `);
    await lake.append('orders', ORDERS, [
      { id: 1, city: null, amount: 1 },
      { id: 2, city: 'X', amount: 0 },
      { id: 3, city: 'X', amount: 3 },
    ]);
    await lake.update();
    expect(await lake.rows('t')).toEqual(ids(1, 3));
    expect(await lake.rows('latest', 'id')).toEqual(ids(1, 3));
    const expectations = [
      { name: 'named', action: 'warn', passed: 2, failed: 1 },
      { name: 'positive', action: 'drop', passed: 2, failed: 1 },
      { name: 'small', action: 'fail', passed: 3, failed: 0 },
    ];
    expect(eventsOf(lake, 'expectations').sort((a, b) => ('flow' in a && 'flow' in b && a.flow < b.flow ? -1 : 1))).toMatchObject(
      [
        { dataset: 'v', flow: 'c.s.t', expectations },
        { dataset: 'v', flow: 'f', expectations },
      ],
    );
    await lake.append('orders', ORDERS, [{ id: 4, city: 'X', amount: 100 }]);
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_EXPECTATION_FAILED',
      message: expect.stringMatching(
        /v: the expectation small is violated in 1 of 1 new rows; s\.t, which reads it, stays as it was.*"amount":100/,
      ),
      location: { file: 'pipeline.sql', line: 5 },
    });
    expect(await lake.rows('t')).toEqual(ids(1, 3));
    expect(await lake.rows('latest', 'id')).toEqual(ids(1, 3));
  });

  feature(
    'Expectations',
    'the rows of a failure are shown as JSON: a few, and cut where they are long',
    EXPECTATIONS,
    async () => {
      const lake = setUp(
        `CREATE OR REFRESH MATERIALIZED VIEW m (CONSTRAINT small EXPECT (id < 0) ON VIOLATION FAIL UPDATE) AS
       SELECT id, 9007199254740993L AS big, unhex('00FF') AS bytes, repeat('x', 1000) AS text FROM orders;`,
      );
      await lake.append(
        'orders',
        ORDERS,
        [1, 2, 3, 4, 5].map((id) => ({ id, city: 'X', amount: 1 })),
      );
      const failure = (await lake.update().catch((error: unknown) => error)) as Error;
      expect(failure.message).toContain('"big":"9007199254740993","bytes":"0x00ff","text":"xxx');
      expect(failure.message.match(/"id"/g)).toHaveLength(3);
      expect(failure.message.length).toBeLessThan(2000);
      expect(existsSync(lake.location('m'))).toBe(false);
    },
  );

  feature(
    'Expectations',
    'what is dropped is in the quarantine table: by several flows, views and once flows, in every case once',
    'Expectation recommendations and advanced patterns',
    async () => {
      const text = `
      CREATE OR REFRESH STREAMING TABLE t (CONSTRAINT positive EXPECT (amount > 0) ON VIOLATION DROP ROW, CONSTRAINT named EXPECT (city <> '') ON VIOLATION DROP ROW);
      CREATE FLOW a AS INSERT INTO t BY NAME SELECT * FROM STREAM(orders);
      CREATE FLOW b AS INSERT INTO t BY NAME SELECT id, city, amount FROM STREAM read_files('\${files}', format => 'json', schema => '${ORDERS}');
      CREATE FLOW c AS INSERT ONCE INTO t BY NAME SELECT -id AS id, city, amount FROM orders;
      CREATE TEMPORARY VIEW v (CONSTRAINT even EXPECT (id % 2 = 0) ON VIOLATION DROP ROW) AS SELECT id FROM STREAM(orders);
      CREATE OR REFRESH STREAMING TABLE u AS SELECT * FROM STREAM(v);
      CREATE OR REFRESH MATERIALIZED VIEW m (CONSTRAINT few EXPECT (n < 2) ON VIOLATION DROP ROW) AS SELECT city, count(*) AS n FROM orders GROUP BY city;`;
      const lake = setUp(
        withQuarantine([{ path: 'p.sql', text }])
          .map((source) => source.text)
          .join('\n'),
      );
      const orders = [
        { id: 1, city: 'X', amount: 1 },
        { id: 2, city: 'X', amount: null },
        { id: 3, city: '', amount: -1 },
      ];
      await lake.append('orders', ORDERS, orders);
      putFiles(lake.configuration['files']!, {
        'a.json': [
          { id: 10, city: 'F', amount: 0 },
          { id: 11, city: 'F', amount: 5 },
        ],
      });
      await lake.update();
      await lake.append('orders', ORDERS, [{ id: 4, city: 'X', amount: 0 }]);
      await lake.update();
      const file = `file://${lake.configuration['files']}/a.json`;
      expect([...(await lake.rows('t', 'id'))].sort()).toEqual(ids(-1, 1, 11).sort());
      const quarantined = (id: number, reasons: string[], flow: string, path: string | null) =>
        JSON.stringify({ _quarantine_file: path, _quarantine_flow: flow, _quarantine_reasons: reasons, id });
      expect(await lake.rows('t_quarantine', 'id, _quarantine_reasons, _quarantine_flow, _quarantine_file')).toEqual(
        [
          quarantined(2, ['positive'], 'a', null),
          quarantined(3, ['positive', 'named'], 'a', null),
          quarantined(4, ['positive'], 'a', null),
          quarantined(10, ['positive'], 'b', file),
          quarantined(-2, ['positive'], 'c', null),
          quarantined(-3, ['named'], 'c', null),
        ]
          .map((row) => (row.includes('"id":-3') ? quarantined(-3, ['positive', 'named'], 'c', null) : row))
          .sort(),
      );
      expect(await lake.rows('u')).toEqual(ids(2, 4));
      expect(await lake.rows('v_quarantine', 'id, _quarantine_reasons[0] AS why')).toEqual([
        '{"id":1,"why":"even"}',
        '{"id":3,"why":"even"}',
      ]);
      expect(await lake.rows('m')).toEqual(['{"city":"","n":1}']);
      expect(await lake.rows('m_quarantine', 'city, n')).toEqual(['{"city":"X","n":3}']);
    },
  );

  test('conditions with lambdas drop, quarantine and fail', async () => {
    const text = `
      CREATE OR REFRESH STREAMING TABLE t (CONSTRAINT some EXPECT (exists(items, x -> x > 0)) ON VIOLATION DROP ROW, CONSTRAINT all EXPECT (forall(items, x -> x < 9)) ON VIOLATION FAIL UPDATE)
        AS SELECT id, array(id, amount) AS items FROM STREAM(orders);`;
    const lake = setUp(
      withQuarantine([{ path: 'p.sql', text }])
        .map((source) => source.text)
        .join('\n'),
    );
    await lake.append('orders', ORDERS, [
      { id: 1, city: 'X', amount: 0 },
      { id: 0, city: 'X', amount: 0 },
    ]);
    await lake.update();
    expect(await lake.rows('t', 'id')).toEqual(ids(1));
    expect(await lake.rows('t_quarantine', 'id')).toEqual(ids(0));
    await lake.append('orders', ORDERS, [{ id: 9, city: 'X', amount: 0 }]);
    await expect(lake.update()).rejects.toMatchObject({ message: expect.stringContaining('"id":9') });
  });

  feature(
    'Flows',
    'a flow with ONCE runs once, reads everything as it is, and runs again only with a full refresh',
    'CREATE FLOW (pipelines)',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE t;
      CREATE FLOW live AS INSERT INTO t BY NAME SELECT id FROM STREAM(orders);
      CREATE FLOW backfill AS INSERT ONCE INTO t BY NAME SELECT -id AS id, 'old' AS origin FROM history;
    `);
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
      await lake.append('history', ORDERS, [{ id: 7, city: 'X', amount: 1 }]);
      await lake.update();
      await lake.append('history', ORDERS, [{ id: 8, city: 'X', amount: 1 }]);
      await lake.append('orders', ORDERS, [{ id: 2, city: 'X', amount: 1 }]);
      await lake.update();
      expect(await lake.rows('t')).toEqual(['{"id":-7,"origin":"old"}', '{"id":1,"origin":null}', '{"id":2,"origin":null}']);
      const before = sail.engine.statements;
      await lake.update();
      expect(sail.engine.statements).toBe(before);
      await lake.update({ fullRefresh: 'all' });
      expect(await lake.rows('t', 'id')).toEqual(ids(-7, -8, 1, 2));
      rmSync(lake.location('history'), { recursive: true });
      await lake.append('orders', ORDERS, [{ id: 3, city: 'X', amount: 1 }]);
      await lake.update();
      expect(await lake.rows('t', 'id')).toEqual(ids(-7, -8, 1, 2, 3));
    },
  );

  feature(
    'Datasets',
    'a private table is in no catalog, is read by its pipeline, and wins over a table of its name',
    'CREATE STREAMING TABLE (pipelines)',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH PRIVATE STREAMING TABLE stage AS SELECT id FROM STREAM(orders);
      CREATE OR REFRESH PRIVATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM stage;
      CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM(stage);
      CREATE OR REFRESH MATERIALIZED VIEW m AS SELECT n FROM totals;
    `);
      await lake.append('stage', ORDERS, [{ id: 99, city: 'X', amount: 1 }]);
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
      await lake.update();
      await lake.append('orders', ORDERS, [{ id: 2, city: 'X', amount: 1 }]);
      await lake.update();
      expect(await lake.rows('t')).toEqual(ids(1, 2));
      expect(await lake.rows('m')).toEqual(['{"n":2}']);
      const shown = new Lakehouse({ root: lake.folder, engine: sail.engine }).tables().map(({ name }) => name);
      expect(shown).toEqual(['m', 'orders', 'stage', 't']);
      expect(await lake.rows('stage', 'id')).toEqual(ids(99));
    },
  );

  feature(
    'Datasets',
    'a table that becomes private, or public again, is made anew by a full refresh and leaves nothing behind',
    'CREATE STREAMING TABLE (pipelines)',
    async () => {
      const lake = setUp('CREATE OR REFRESH STREAMING TABLE t AS SELECT id FROM STREAM(orders);');
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
      await lake.update();
      lake.sql = lake.sql.replace('STREAMING', 'PRIVATE STREAMING');
      await expect(lake.update()).rejects.toMatchObject({
        code: 'LAKEFLOW_TABLE_GONE',
        hint: expect.stringContaining('full refresh of s.t'),
      });
      await lake.update({ fullRefresh: ['t'] });
      expect(existsSync(lake.location('t'))).toBe(false);
      lake.sql = lake.sql.replace('PRIVATE STREAMING', 'STREAMING');
      await lake.update({ fullRefresh: ['t'] });
      expect(await lake.rows('t')).toEqual(ids(1));
      expect(existsSync(join(lake.folder, '.pipelines/c/p/s.t/table'))).toBe(false);
    },
  );

  feature(
    'Datasets',
    'comments, column comments and TBLPROPERTIES are in the metadata of the Delta table; keys are informational',
    'CREATE STREAMING TABLE (pipelines)',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE t (id INT NOT NULL PRIMARY KEY COMMENT 'the key', city STRING, CONSTRAINT k FOREIGN KEY (city) REFERENCES cities (name))
      COMMENT 'all of them' TBLPROPERTIES ('quality' = 'silver', 'pipelines.reset.allowed' = true) CLUSTER BY (id)
      AS SELECT id, city FROM STREAM(orders);
      CREATE OR REFRESH MATERIALIZED VIEW m (id COMMENT 'of t') COMMENT 'copy' TBLPROPERTIES ('quality' = 'gold') AS SELECT id FROM t;
    `);
      await lake.append('orders', ORDERS, [
        { id: 1, city: 'X', amount: 1 },
        { id: 1, city: 'Y', amount: 1 },
      ]);
      await lake.update();
      const metaData = readSnapshot(lake.location('t')).metaData;
      expect(metaData).toMatchObject({
        description: 'all of them',
        configuration: { quality: 'silver', 'pipelines.reset.allowed': 'true' },
      });
      expect(JSON.parse(metaData.schemaString)).toMatchObject({
        fields: [{ name: 'id', metadata: { comment: 'the key' } }, { metadata: {} }],
      });
      expect(readSnapshot(lake.location('m')).metaData).toMatchObject({
        description: 'copy',
        configuration: { quality: 'gold' },
      });
      expect(await lake.rows('t', 'id')).toEqual(ids(1, 1));
      lake.sql = lake.sql.replace('CLUSTER BY (id)', 'CLUSTER BY (idd)');
      await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_COLUMNS', message: expect.stringContaining('idd') });
    },
  );

  feature(
    'Updates',
    'selected tables are brought up to date or made from nothing, and no others',
    'Run a pipeline update',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE a AS SELECT id FROM STREAM(orders);
      CREATE OR REFRESH STREAMING TABLE b AS SELECT id FROM STREAM(orders);
      CREATE OR REFRESH MATERIALIZED VIEW n AS SELECT count(*) AS id FROM a;
    `);
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
      await expect(lake.update({ refresh: ['n'] })).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_MISSING' });
      await lake.update();
      await lake.append('orders', ORDERS, [{ id: 2, city: 'X', amount: 1 }]);
      expect((await lake.update({ refresh: ['s.a'] })).datasets).toMatchObject([{ dataset: 's.a', status: 'refreshed' }]);
      expect([await lake.rows('a'), await lake.rows('b'), await lake.rows('n')]).toEqual([ids(1, 2), ids(1), ids(1)]);
      const both = await lake.update({ refresh: ['n'], fullRefresh: ['b'] });
      expect(both.datasets.map(({ dataset }) => dataset)).toEqual(['s.b', 's.n']);
      expect([await lake.rows('b'), await lake.rows('n')]).toEqual([ids(1, 2), ids(2)]);
      await expect(lake.update({ refresh: ['nothing'] })).rejects.toMatchObject({
        code: 'LAKEFLOW_REFRESH',
        exitCode: 2,
        hint: expect.stringContaining('s.a, s.b, s.n'),
      });
    },
  );

  feature(
    'Updates',
    'a table with pipelines.reset.allowed = false keeps its rows in a full refresh of everything',
    'Pipeline properties reference',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE raw TBLPROPERTIES ('pipelines.reset.allowed' = 'false') AS SELECT id FROM STREAM(orders);
      CREATE OR REFRESH STREAMING TABLE t AS SELECT id FROM STREAM(raw);
    `);
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
      await lake.update();
      rmSync(lake.location('orders'), { recursive: true });
      await lake.append('orders', ORDERS, [{ id: 2, city: 'X', amount: 1 }]);
      await expect(lake.update({ fullRefresh: ['raw', 't'] })).rejects.toMatchObject({
        code: 'LAKEFLOW_FULL_REFRESH',
        message: expect.stringContaining('s.raw must not be refreshed fully'),
      });
      lake.sql = lake.sql.replace('FROM STREAM(orders)', 'FROM STREAM(others)');
      await lake.append('others', ORDERS, [{ id: 3, city: 'X', amount: 1 }]);
      await lake.update({ fullRefresh: 'all' });
      expect(await lake.rows('raw')).toEqual(ids(1, 3));
      expect(await lake.rows('t')).toEqual(ids(1, 3));
      expect(eventsOf(lake, 'reset_refused')).toMatchObject([{ dataset: 's.raw' }]);
      lake.sql = lake.sql
        .replace("TBLPROPERTIES ('pipelines.reset.allowed' = 'false') ", '')
        .replace('TABLE t AS', "TABLE t TBLPROPERTIES ('pipelines.reset.allowed' = 'false') AS");
      await expect(lake.update({ fullRefresh: 'all' })).rejects.toMatchObject({
        code: 'LAKEFLOW_FULL_REFRESH',
        message: expect.stringContaining('s.t streams from s.raw'),
        hint: expect.stringContaining('give s.raw the same property'),
      });
    },
  );

  feature(
    'Updates',
    'tables that do not read each other are worked on at once; one that fails leaves the others, and results keep their order',
    'Run a pipeline update',
    async () => {
      const names = ['a', 'b', 'c', 'd'];
      const lake = setUp(
        names
          .map(
            (
              name,
            ) => `CREATE OR REFRESH STREAMING TABLE ${name} (CONSTRAINT k EXPECT (id <> 0) ON VIOLATION FAIL UPDATE) AS SELECT ${name === 'b' ? 0 : 'id'} AS id FROM STREAM(orders);
           CREATE OR REFRESH MATERIALIZED VIEW ${name}2 AS SELECT * FROM ${name};`,
          )
          .join('\n'),
      );
      await lake.append('orders', ORDERS, [{ id: 1, city: 'X', amount: 1 }]);
      const begun: string[] = [];
      let waiting: (() => void) | undefined;
      // Whoever comes first waits for the second: one at a time would wait forever.
      const faults = async (point: string) => {
        if (!/^before-intent:s\.[ac]$/.test(point)) return;
        begun.push(point);
        if (waiting) waiting();
        else {
          await new Promise<void>((resolve) => {
            waiting = resolve;
          });
        }
      };
      const failure = (await lake.update({ faults, atOnce: 3 }).catch((error: unknown) => error)) as {
        result: { datasets: object[] };
      };
      expect(begun).toHaveLength(2);
      const status = (name: string) => (name === 'b' ? 'failed' : name === 'b2' ? 'skipped' : 'refreshed');
      expect(failure.result.datasets).toMatchObject(
        names.flatMap((name) => [name, `${name}2`]).map((name) => ({ dataset: `s.${name}`, status: status(name) })),
      );
      expect(await lake.rows('d2')).toEqual(ids(1));
    },
  );

  feature(
    'Updates',
    'validation parses, puts the graph together and has every query analysed, without running or writing anything',
    'Run a pipeline update',
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE raw AS SELECT *, _metadata.file_name AS file FROM STREAM read_files('\${files}', format => 'json');
      CREATE TEMPORARY VIEW v (CONSTRAINT k EXPECT (id > 0) ON VIOLATION DROP ROW) AS SELECT id, o.x AS x FROM STREAM(raw);
      CREATE OR REFRESH STREAMING TABLE latest;
      CREATE FLOW f AS AUTO CDC INTO latest FROM STREAM(v) KEYS (id) APPLY AS DELETE WHEN x = 'gone' SEQUENCE BY id STORED AS SCD TYPE 2;
      CREATE OR REFRESH MATERIALIZED VIEW m AS SELECT x, count(*) AS n, max(__START_AT) AS last FROM latest GROUP BY x;
    `);
      putFiles(lake.configuration['files']!, { 'a.json': [{ id: 1, o: { x: 'a' } }] });
      const validate = () => {
        const pipeline = {
          name: 'p',
          catalog: 'c',
          schema: 's',
          sources: [{ path: 'p.sql', text: lake.sql }],
          configuration: lake.configuration,
        };
        return validatePipeline({ engine: sail.engine, lake: lake.folder, pipeline });
      };
      const columnsOf = (result: Awaited<ReturnType<typeof validate>>) =>
        result.datasets.map((each) => [
          each.dataset,
          each.status === 'valid' ? each.columns.map(({ name, type }) => `${name} ${type}`).join(', ') : each.status,
        ]);
      expect(columnsOf(await validate())).toEqual([
        ['s.raw', 'id bigint, o struct<x:string>, _rescued_data string, file string'],
        ['v', 'id bigint, x string'],
        ['s.latest', 'id bigint, x string, __START_AT bigint, __END_AT bigint'],
        ['s.m', 'x string, n bigint, last bigint'],
      ]);
      expect(existsSync(lake.folder)).toBe(false);
      const good = lake.sql;
      for (const [from, to, code, place] of [
        ['o.x AS x', 'o.y AS x', 'LAKEFLOW_ANALYSIS', { line: 3 }],
        ['EXPECT (id > 0)', 'EXPECT (idd > 0)', 'LAKEFLOW_ANALYSIS', { line: 3 }],
        ['KEYS (id)', 'KEYS (key)', 'LAKEFLOW_CDC_COLUMN', { line: 5 }],
        ["x = 'gone'", "missing = 'gone'", 'LAKEFLOW_ANALYSIS', { line: 5 }],
        ['max(__START_AT)', 'max(start)', 'LAKEFLOW_ANALYSIS', { line: 6 }],
        ['FROM latest', 'FROM nowhere', 'LAKEFLOW_TABLE_MISSING', { line: 6 }],
      ] as const) {
        lake.sql = good.replace(from, to);
        await expect(validate()).rejects.toMatchObject({ code, location: place });
      }
      lake.sql = good;
      await lake.update();
      lake.sql = good.replace('SELECT *, _metadata', 'SELECT id, _metadata');
      await expect(validate()).rejects.toMatchObject({
        code: 'LAKEFLOW_SCHEMA_CHANGED',
        result: {
          datasets: [
            { status: 'invalid' },
            { status: 'skipped', because: 's.raw' },
            { status: 'skipped' },
            { status: 'skipped' },
          ],
        },
      });
    },
  );
});
