import { join } from 'node:path';
import { readEvents, validatePipeline } from '../../src';
import { feature } from '../support/feature';
import { TestLake } from '../support/lake';
import { plainRows } from '../support/plain-rows';
import { withSail } from '../support/sail';

const sail = withSail();
let number = 0;
const lakeOf = (sql: string) => {
  number += 1;
  return new TestLake(sail.engine, join(sail.folder, `target-${number}`), sql);
};
const SOURCE = 'id INT, name STRING, n INT, op STRING, seq INT';
const event = (id: number | null, name: string | null, n: number | null, op: string | null, seq: number) => ({
  id,
  name,
  n,
  op,
  seq,
});
const FLOW = "KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY seq COLUMNS * EXCEPT (op, seq)";
const failsWith = (code: string, message: string) => ({ code, message: expect.stringContaining(message) });

describe('a declared schema', () => {
  feature(
    'AUTO CDC',
    'a declared schema gives order, types and names of the columns, with __START_AT and __END_AT for SCD TYPE 2',
    'AUTO CDC INTO (pipelines)',
    async () => {
      const lake = lakeOf(
        `CREATE STREAMING TABLE t (n BIGINT COMMENT 'how many', Name STRING, __START_AT INT, __END_AT INT, id BIGINT, later DATE);
       CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) ${FLOW} STORED AS SCD TYPE 2;`,
      );
      await lake.append('s', SOURCE, [event(1, 'a', 7, null, 1)]);
      await lake.update();
      await lake.append('s', SOURCE, [event(1, 'b', 7, null, 2)]);
      await lake.update();
      const columns = await sail.engine.describe(`SELECT * FROM ${lake.relation('t')}`);
      expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
        'n bigint',
        'Name string',
        'id bigint',
        'later date',
        '__START_AT int',
        '__END_AT int',
      ]);
      expect(await lake.rows('t', 'id, Name, __START_AT')).toEqual(
        plainRows([
          { id: 1, Name: 'a', __START_AT: 1 },
          { id: 1, Name: 'b', __START_AT: 2 },
        ]),
      );
    },
  );

  test.each([
    ['(id INT, name STRING, n INT)', 2, 'lack __START_AT'],
    [
      '(id INT, name STRING, n INT, __START_AT BIGINT, __END_AT INT)',
      2,
      '__START_AT is declared BIGINT, and the sequence is int',
    ],
    ['(id INT, name STRING, n INT, __END_AT INT)', 1, '__END_AT belongs to SCD TYPE 2'],
    ['(id INT, name STRING)', 1, 'the flow gives n'],
    ['(id INT, name STRING, n INT, other)', 1, 'other has no type'],
  ])('%s of SCD %i is refused', async (columns, type, message) => {
    const lake = lakeOf(
      `CREATE STREAMING TABLE t ${columns}; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) ${FLOW} STORED AS SCD TYPE ${type};`,
    );
    await lake.append('s', SOURCE, [event(1, 'a', 7, null, 1)]);
    await expect(lake.update()).rejects.toMatchObject(failsWith('LAKEFLOW_COLUMNS', message));
  });
});

describe('expectations of the target', () => {
  const sql = (constraints: string) =>
    `CREATE STREAMING TABLE t (${constraints}); CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) ${FLOW} STORED AS SCD TYPE 1;`;

  feature(
    'AUTO CDC',
    'expectations of the target count, drop and fail changes before they are applied, never a delete or truncate',
    'AUTO CDC INTO (pipelines)',
    async () => {
      const lake = lakeOf(
        sql('CONSTRAINT keyed EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW, CONSTRAINT named EXPECT (length(name) > 0)'),
      );
      await lake.append('s', SOURCE, [event(1, 'a', 1, null, 1), event(2, null, 1, null, 1), event(null, 'x', 1, null, 1)]);
      const { datasets } = await lake.update();
      expect(datasets).toMatchObject([{ dataset: 's.t', rowsDropped: 1 }]);
      await lake.append('s', SOURCE, [event(1, null, null, 'd', 2)]);
      await lake.update();
      expect(await lake.rows('t')).toEqual(plainRows([{ id: 2, name: null, n: 1 }]));
      const counts = readEvents(lake.folder, { catalog: 'c', name: 'p' }).flatMap((each) =>
        each.type === 'expectations' ? [each.expectations.map(({ name, passed, failed }) => [name, passed, failed])] : [],
      );
      expect(counts).toEqual([
        [
          ['keyed', 2, 1],
          ['named', 2, 1],
        ],
        [
          ['keyed', 1, 0],
          ['named', 1, 0],
        ],
      ]);
    },
  );

  test.each([
    ['CONSTRAINT few EXPECT (n < 5) ON VIOLATION FAIL UPDATE', 'the expectation few is violated'],
    ['id INT, name STRING, n INT NOT NULL', 'n NOT NULL'],
  ])('%s fails the update and leaves the table', async (constraints, message) => {
    const lake = lakeOf(sql(constraints));
    await lake.append('s', SOURCE, [event(1, 'a', 1, null, 1)]);
    await lake.update();
    await lake.append('s', SOURCE, [event(1, null, null, 'd', 2), event(2, 'b', message.includes('few') ? 9 : null, null, 2)]);
    await expect(lake.update()).rejects.toMatchObject(failsWith('LAKEFLOW_EXPECTATION_FAILED', message));
    expect(await lake.rows('t')).toEqual(plainRows([{ id: 1, name: 'a', n: 1 }]));
  });
});

describe('a flow that runs once', () => {
  const schema = 'id INT, name STRING, n INT, seq BIGINT';
  const sql = (extra: string) =>
    `CREATE STREAMING TABLE t; CREATE FLOW c AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) IGNORE NULL UPDATES SEQUENCE BY seq
       COLUMNS * EXCEPT (seq); ${extra}`;
  const once = 'CREATE FLOW b AS AUTO CDC ONCE INTO t FROM backfill KEYS (id) SEQUENCE BY 0 COLUMNS * EXCEPT (seq);';

  feature(
    'AUTO CDC',
    'AUTO CDC ONCE reads everything as it is, counts by its sequence, and runs again only with a full refresh',
    'AUTO CDC INTO (pipelines)',
    async () => {
      const lake = lakeOf(sql(''));
      await lake.append('s', schema, [{ id: 1, name: 'new', n: null, seq: 5n }]);
      await lake.update();
      await lake.append('backfill', schema, [
        { id: 1, name: 'old', n: 1, seq: null },
        { id: 2, name: null, n: 2, seq: null },
      ]);
      lake.sql = sql(once);
      await lake.update();
      const after = plainRows([
        { id: 1, name: 'new', n: 1 },
        { id: 2, name: null, n: 2 },
      ]);
      expect(await lake.rows('t')).toEqual(after);
      await lake.append('backfill', schema, [{ id: 3, name: 'x', n: 3, seq: null }]);
      expect(await lake.update()).toMatchObject({ datasets: [{ status: 'unchanged' }] });
      await lake.append('s', schema, [{ id: 2, name: 'y', n: null, seq: 1n }]);
      await lake.update();
      expect(await lake.rows('t')).toEqual(
        plainRows([
          { id: 1, name: 'new', n: 1 },
          { id: 2, name: 'y', n: 2 },
        ]),
      );
      await lake.update({ fullRefresh: 'all' });
      expect(await lake.rows('t', 'id')).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
    },
  );

  test('may be the only one, and what it wrote keeps its layout', async () => {
    const lake = lakeOf(`CREATE STREAMING TABLE t; ${once.replace('SEQUENCE BY 0', 'IGNORE NULL UPDATES SEQUENCE BY 0L')}`);
    await lake.append('backfill', schema, [{ id: 1, name: 'a', n: 1, seq: null }]);
    await lake.update();
    expect(await lake.update()).toMatchObject({ datasets: [{ status: 'unchanged' }] });
    lake.sql += 'CREATE FLOW c AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) SEQUENCE BY seq COLUMNS * EXCEPT (seq);';
    await lake.append('s', schema, [{ id: 1, name: 'b', n: null, seq: 5n }]);
    await lake.update();
    expect(await lake.rows('t')).toEqual(plainRows([{ id: 1, name: 'b', n: null }]));
  });
});

describe('flows and columns that come and go', () => {
  const flow = (name: string, source: string, clauses = '') =>
    `CREATE FLOW ${name} AS AUTO CDC INTO t FROM STREAM(${source}) KEYS (id) ${clauses} SEQUENCE BY seq STORED AS SCD TYPE 2;`;

  feature(
    'AUTO CDC',
    'several flows fill one target, with their columns in any order; they may come and go',
    'AUTO CDC INTO (pipelines)',
    async () => {
      const lake = lakeOf(`CREATE STREAMING TABLE t; ${flow('f', 's')}`);
      await lake.append('s', 'id INT, name STRING, seq INT', [{ id: 1, name: 'a', seq: 1 }]);
      await lake.append('other', 'seq INT, name STRING, id INT', [{ id: 1, name: 'b', seq: 2 }]);
      await lake.update();
      lake.sql += flow('g', 'other');
      await lake.update();
      lake.sql = `CREATE STREAMING TABLE t; ${flow('f', 's')}`;
      await lake.append('s', 'id INT, name STRING, seq INT', [{ id: 1, name: 'c', seq: 3 }]);
      await lake.update();
      expect(await lake.rows('t', 'name, __END_AT')).toEqual(
        plainRows([
          { name: 'a', __END_AT: 2 },
          { name: 'b', __END_AT: 3 },
          { name: 'c', __END_AT: null },
        ]),
      );
    },
  );

  test('a full refresh is asked for when flows begin to ignore nulls, and does it', async () => {
    const lake = lakeOf(`CREATE STREAMING TABLE t; ${flow('f', 's')}`);
    const schema = 'id INT, name STRING, seq INT';
    await lake.append('s', schema, [{ id: 1, name: 'a', seq: 1 }]);
    await lake.update();
    lake.sql = `CREATE STREAMING TABLE t; ${flow('f', 's', 'IGNORE NULL UPDATES ON * EXCEPT (seq)')}`;
    await lake.append('s', schema, [{ id: 1, name: null, seq: 2 }]);
    await expect(lake.update()).rejects.toMatchObject(failsWith('LAKEFLOW_CDC_CHANGED', 's.t would get'));
    await lake.update({ fullRefresh: 'all' });
    expect(await lake.rows('t', 'name, seq')).toEqual(
      plainRows([
        { name: 'a', seq: 1 },
        { name: 'a', seq: 2 },
      ]),
    );
  });

  test.each([1, 2])('a new column of the source is a new column of the target, null in what was there: SCD %i', async (type) => {
    const view = (columns: string) =>
      `CREATE TEMPORARY VIEW v AS SELECT ${columns} FROM STREAM(s); CREATE STREAMING TABLE t;
       CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(v) KEYS (id) SEQUENCE BY seq COLUMNS * EXCEPT (seq) STORED AS SCD TYPE ${type};`;
    const lake = lakeOf(view('id, name, seq'));
    await lake.append('s', SOURCE, [event(1, 'a', 7, null, 1), event(2, 'a', 7, null, 1)]);
    await lake.update();
    lake.sql = view('id, n, name, seq');
    await lake.update();
    await lake.append('s', SOURCE, [event(1, 'a', 8, null, 2)]);
    await lake.update();
    const versions = [
      { id: 1, name: 'a', n: 8 },
      { id: 2, name: 'a', n: null },
      ...(type === 2 ? [{ id: 1, name: 'a', n: null }] : []),
    ];
    expect(await lake.rows('t', 'id, name, n')).toEqual(plainRows(versions));
  });
});

test.each([
  ['COLUMNS (id, nope)', 'LAKEFLOW_CDC_COLUMN', 'COLUMNS names nope'],
  ['COLUMNS * EXCEPT (nope)', 'LAKEFLOW_CDC_COLUMN', 'COLUMNS names nope'],
  ['IGNORE NULL UPDATES ON (nope)', 'LAKEFLOW_CDC_COLUMN', 'IGNORE NULL UPDATES names nope'],
  ['IGNORE NULL UPDATES ON (ID)', 'LAKEFLOW_CDC_COLUMN', 'which is a key'],
  ['APPLY AS DELETE WHEN nope = 1', 'ENGINE_SQL', 'nope'],
  ['APPLY AS TRUNCATE WHEN nope = 1', 'ENGINE_SQL', 'nope'],
  ["APPLY AS DELETE WHEN 'neither'", 'ENGINE_SQL', ''],
])('%s fails', async (clauses, code, message) => {
  const lake = lakeOf(
    `CREATE STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) ${clauses} SEQUENCE BY seq`,
  );
  await lake.append('s', SOURCE, [event(1, 'a', 7, null, 1)]);
  await expect(lake.update()).rejects.toMatchObject(failsWith(code, message));
});

test('maps cannot be compared: neither keys nor tracked; they may be untracked', async () => {
  const flow = (clauses: string) =>
    `CREATE STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) ${clauses} SEQUENCE BY seq`;
  const lake = lakeOf(flow('KEYS (m)'));
  await lake.append('s', 'id INT, m MAP<STRING, INT>, seq INT', [{ id: 1, m: { a: 1 }, seq: 1 }]);
  await expect(lake.update()).rejects.toMatchObject(failsWith('LAKEFLOW_CDC_COLUMN', 'the key m is a map<string,int>'));
  lake.sql = flow('KEYS (id) STORED AS SCD TYPE 2');
  await expect(lake.update()).rejects.toMatchObject(
    failsWith('LAKEFLOW_CDC_COLUMN', 'the tracked column m is a map<string,int>'),
  );
  lake.sql = flow('KEYS (id) STORED AS SCD TYPE 2 TRACK HISTORY ON * EXCEPT (m)');
  await lake.update();
  expect(await lake.rows('t', 'id, m')).toEqual(plainRows([{ id: 1, m: { a: 1 } }]));
});

test.each([
  ['', "APPLY AS TRUNCATE WHEN nope = 't'", 'nope'],
  ['', "APPLY AS DELETE WHEN nope = 't'", 'nope'],
  ['', 'IGNORE NULL UPDATES ON (nope)', 'IGNORE NULL UPDATES names nope'],
  ['(CONSTRAINT c EXPECT (op IS NOT NULL))', 'COLUMNS * EXCEPT (op)', 'the expectation c'],
  ['(id INT)', '', 'the flow gives name'],
])('validation of %s %s finds what an update would', async (columns, clauses, message) => {
  const lake = lakeOf(
    `CREATE STREAMING TABLE t ${columns}; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) ${clauses} SEQUENCE BY seq`,
  );
  await lake.append('s', SOURCE, []);
  const pipeline = { name: 'p', catalog: 'c', schema: 's', sources: [{ path: 'p.sql', text: lake.sql }], configuration: {} };
  const validation = validatePipeline({ engine: sail.engine, lake: lake.folder, pipeline });
  await expect(validation).rejects.toMatchObject({ message: expect.stringContaining(message) });
});

test.each([1, 2])('batches with nothing in them, and a source that has only a schema: SCD %i', async (type) => {
  const lake = lakeOf(
    `CREATE STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) ${FLOW} STORED AS SCD TYPE ${type}`,
  );
  await lake.append('s', SOURCE, []);
  await lake.update();
  expect(await lake.rows('t')).toEqual([]);
  await lake.append('s', SOURCE, [event(1, 'a', 7, null, 1)]);
  await lake.update();
  await lake.append('s', SOURCE, []);
  await lake.update();
  expect(await lake.rows('t', 'id')).toEqual(['{"id":1}']);
});
