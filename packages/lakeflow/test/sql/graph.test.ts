import { buildGraph } from '../../src/sql';
import { errorOf, parse } from './parsing';

const DEFAULTS = { catalog: 'main', schema: 'silver' };
const graph = (text: string) => buildGraph(parse(text), DEFAULTS);
const graphError = (text: string) => errorOf(() => graph(text));

const SHOP = `
  CREATE MATERIALIZED VIEW gold.totals AS SELECT o.day, sum(o.price) AS total FROM orders o JOIN ref.rates.eur USING (day) GROUP BY 1;
  CREATE STREAMING TABLE Orders AS SELECT * FROM STREAM(fresh) JOIN main.silver.customers USING (id);
  CREATE TEMPORARY VIEW fresh AS SELECT * FROM STREAM(bronze.raw) WHERE price > 0;
  CREATE STREAMING TABLE bronze.raw AS SELECT * FROM STREAM read_files('s3://b', format => 'json');
  CREATE STREAMING TABLE customers;
  CREATE FLOW customers_cdc AS AUTO CDC INTO customers FROM STREAM(other.changes) KEYS (id) SEQUENCE BY n;
`;

test('every dataset comes after those it reads, otherwise in the order of the files', () => {
  expect(graph(SHOP).datasets.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
    'streaming_table main.bronze.raw',
    'temporary_view fresh',
    'streaming_table main.silver.customers',
    'streaming_table main.silver.orders',
    'materialized_view main.gold.totals',
  ]);
});

test('names are resolved against the catalog and schema of the pipeline, without regard to case', () => {
  const { edges, externals } = graph(SHOP);
  expect(edges.map(({ from, to, streaming }) => `${from} ${streaming ? '=>' : '->'} ${to}`).sort()).toEqual([
    'fresh => main.silver.orders',
    'main.bronze.raw => fresh',
    'main.silver.customers -> main.silver.orders',
    'main.silver.orders -> main.gold.totals',
  ]);
  expect(externals).toEqual([
    { catalog: 'ref', schema: 'rates', name: 'eur' },
    { catalog: 'main', schema: 'other', name: 'changes' },
  ]);
});

test('a dataset has its flows with what each read means', () => {
  const { datasets } = graph(SHOP);
  const customers = datasets.find(({ id }) => id === 'main.silver.customers');
  expect(customers).toMatchObject({
    table: { catalog: 'main', schema: 'silver', name: 'customers' },
    flows: [{ kind: 'auto_cdc', name: 'customers_cdc', reads: [{ external: { schema: 'other', name: 'changes' } }] }],
    dependencies: [],
  });
  const orders = datasets.find(({ id }) => id === 'main.silver.orders');
  expect(orders?.flows).toMatchObject([
    { kind: 'query', name: 'main.silver.orders', reads: [{ dataset: 'fresh' }, { dataset: 'main.silver.customers' }] },
  ]);
  expect(datasets.find(({ id }) => id === 'fresh')).not.toHaveProperty('table');
});

test('several flows fill one table', () => {
  const { datasets } = graph(`
    CREATE STREAMING TABLE t;
    CREATE FLOW a AS INSERT INTO t BY NAME SELECT * FROM STREAM(x);
    CREATE FLOW b AS INSERT INTO silver.t BY NAME SELECT * FROM STREAM(y);`);
  expect(datasets[0]?.flows.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a temporary view hides the table of its name', () => {
  const { datasets } = graph(`
    CREATE TEMPORARY VIEW t AS SELECT * FROM STREAM(silver.t);
    CREATE STREAMING TABLE silver.t AS SELECT * FROM STREAM(x);
    CREATE STREAMING TABLE u AS SELECT * FROM STREAM(t)`);
  expect(datasets.map(({ id, dependencies }) => [id, ...dependencies])).toEqual([
    ['main.silver.t'],
    ['t', 'main.silver.t'],
    ['main.silver.u', 't'],
  ]);
});

test('a table may be read whole and as a stream', () => {
  expect(() => graph(`${SHOP} CREATE MATERIALIZED VIEW m AS SELECT * FROM customers JOIN orders USING (id)`)).not.toThrow();
});

describe('refused', () => {
  test.each<[what: string, text: string, error: string, hint: string]>([
    [
      'a circle',
      'CREATE MATERIALIZED VIEW a AS SELECT * FROM b;\nCREATE MATERIALIZED VIEW b AS SELECT * FROM c;\nCREATE MATERIALIZED VIEW c AS SELECT * FROM a;',
      'p.sql:1:1: LAKEFLOW_CYCLE: datasets read each other: main.silver.a reads main.silver.b reads main.silver.c reads main.silver.a',
      'break the circle',
    ],
    [
      'a table that reads itself',
      'CREATE STREAMING TABLE a AS SELECT * FROM STREAM(silver.a)',
      'LAKEFLOW_CYCLE: datasets read each other: main.silver.a reads main.silver.a',
      'break',
    ],
    [
      'a dataset declared twice',
      'CREATE MATERIALIZED VIEW a AS SELECT 1;\nCREATE MATERIALIZED VIEW main.silver.A AS SELECT 1',
      'p.sql:2:26: LAKEFLOW_DUPLICATE: main.silver.a is declared twice',
      'the other is at p.sql:1:1',
    ],
    [
      'two flows of one name',
      'CREATE STREAMING TABLE t;\nCREATE FLOW f AS INSERT INTO t BY NAME SELECT * FROM STREAM(x);\nCREATE FLOW F AS INSERT INTO t BY NAME SELECT * FROM STREAM(y)',
      'p.sql:3:1: LAKEFLOW_DUPLICATE: there are two flows of the name f',
      'the other is at p.sql:2:1',
    ],
    [
      'a flow into nothing',
      'CREATE STREAMING TABLE orders AS SELECT * FROM STREAM(x);\nCREATE FLOW f AS INSERT INTO ordres BY NAME SELECT * FROM STREAM(x)',
      'p.sql:2:30: LAKEFLOW_UNKNOWN_TARGET: this pipeline defines no streaming table main.silver.ordres',
      'did you mean main.silver.orders?',
    ],
    [
      'a flow into a materialized view',
      'CREATE MATERIALIZED VIEW m AS SELECT 1;\nCREATE FLOW f AS AUTO CDC INTO m FROM STREAM(x) KEYS (k) SEQUENCE BY n',
      'p.sql:2:32: LAKEFLOW_FLOW: main.silver.m is a materialized view',
      'streaming table',
    ],
    [
      'a streaming table that nothing fills',
      'CREATE STREAMING TABLE t',
      'p.sql:1:1: LAKEFLOW_FLOW: nothing fills the streaming table main.silver.t',
      'or a flow into it',
    ],
    [
      'a query beside AUTO CDC',
      'CREATE STREAMING TABLE t AS SELECT * FROM STREAM(x);\nCREATE FLOW f AS AUTO CDC INTO t FROM STREAM(x) KEYS (k) SEQUENCE BY n',
      'p.sql:1:1: LAKEFLOW_FLOW: main.silver.t is the target of AUTO CDC and cannot be appended to as well',
      'a table of its own',
    ],
    [
      'flows of different SCD types',
      'CREATE STREAMING TABLE t;\nCREATE FLOW f AS AUTO CDC INTO t FROM STREAM(x) KEYS (k) SEQUENCE BY n;\nCREATE FLOW g AS AUTO CDC INTO t FROM STREAM(y) KEYS (k) SEQUENCE BY n STORED AS SCD TYPE 2',
      'p.sql:3:1: LAKEFLOW_FLOW: the flows into main.silver.t are of SCD type 1 and 2',
      'the same type',
    ],
    [
      'flows of different keys',
      'CREATE STREAMING TABLE t;\nCREATE FLOW f AS AUTO CDC INTO t FROM STREAM(x) KEYS (k) SEQUENCE BY n;\nCREATE FLOW g AS AUTO CDC INTO t FROM STREAM(y) KEYS (k, l) SEQUENCE BY n',
      'p.sql:3:1: LAKEFLOW_FLOW: the flows into main.silver.t have the keys (k) and (k, l)',
      'the same keys',
    ],
    [
      'an expectation on the target of AUTO CDC',
      'CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (k > 0)) FLOW AUTO CDC FROM STREAM(x) KEYS (k) IGNORE NULL UPDATES SEQUENCE BY n',
      'p.sql:1:27: LAKEFLOW_UNSUPPORTED: expectations on a target of AUTO CDC with IGNORE NULL UPDATES',
      'the streaming table that the flow reads',
    ],
    [
      'a streaming table without a stream',
      'CREATE STREAMING TABLE t AS SELECT * FROM x',
      'p.sql:1:1: LAKEFLOW_STREAMING: the streaming table main.silver.t reads nothing as a stream',
      'MATERIALIZED VIEW',
    ],
    [
      'a materialized view of a stream',
      'CREATE MATERIALIZED VIEW m AS SELECT * FROM STREAM(x)',
      'p.sql:1:52: LAKEFLOW_STREAMING: the materialized view main.silver.m reads a stream',
      'STREAMING TABLE m',
    ],
    [
      'a stream of a materialized view',
      'CREATE MATERIALIZED VIEW m AS SELECT 1;\nCREATE STREAMING TABLE t AS SELECT * FROM STREAM(m)',
      'p.sql:2:50: LAKEFLOW_STREAMING: main.silver.m is a materialized view and cannot be read with STREAM',
      'make it a streaming table',
    ],
    [
      'a stream of a view that reads no stream',
      'CREATE TEMPORARY VIEW v AS SELECT * FROM x;\nCREATE STREAMING TABLE t AS SELECT * FROM STREAM(v)',
      'p.sql:2:50: LAKEFLOW_STREAMING: the view v reads nothing as a stream',
      'inside v',
    ],
    [
      'a streaming view read without STREAM',
      'CREATE TEMPORARY VIEW v AS SELECT * FROM STREAM(x);\nCREATE MATERIALIZED VIEW t AS SELECT * FROM v',
      'p.sql:2:45: LAKEFLOW_STREAMING: v is a streaming view and is read without STREAM',
      'write STREAM(v)',
    ],
    [
      'a stream of the target of AUTO CDC',
      'CREATE STREAMING TABLE t FLOW AUTO CDC FROM STREAM(x) KEYS (k) SEQUENCE BY n;\nCREATE STREAMING TABLE u AS SELECT * FROM STREAM(t)',
      'p.sql:2:50: LAKEFLOW_STREAMING: main.silver.t is the target of AUTO CDC',
      'read it without STREAM',
    ],
  ])('%s', (_, text, error, hint) => {
    const shown = graphError(text);
    expect(shown).toContain(error);
    expect(shown.split('hint: ')[1]).toContain(hint);
  });
});
