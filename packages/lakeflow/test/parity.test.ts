import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { runUpdate } from '../src';
import { compareOnWarehouse, comparePipeline, compareRows, Warehouse } from '../src/parity';
import { withSail } from './support/sail';

const sail = withSail();

test('rows are compared whatever their order, each as often as it is there', () => {
  const rows = [
    { a: 1n, b: 'x' },
    { a: 1n, b: 'x' },
    { a: 2n, b: null },
  ];
  expect(
    compareRows(rows, [
      { b: null, a: 2 },
      { a: 1, b: 'x' },
      { a: 1, b: 'x' },
    ]),
  ).toMatchObject({ equal: 3, missing: 0, surplus: 0 });
  expect(
    compareRows(rows, [
      { a: 1n, b: 'x' },
      { a: 3n, b: null },
    ]),
  ).toMatchObject({
    equal: 1,
    surplus: 2,
    missing: 1,
    onlyTheirs: ['{"a":3,"b":null}'],
  });
  expect(compareRows([{ a: 0.1 + 0.2 }], [{ a: 0.3 }])).toMatchObject({ equal: 1 });
});

const SQL = `
  CREATE OR REFRESH MATERIALIZED VIEW doubled AS SELECT * EXCEPT (note), amount / 3 AS third, array(id) AS ids FROM orders;
  CREATE OR REFRESH MATERIALIZED VIEW refused AS SELECT max(day) - min(day) AS span FROM orders;
  CREATE OR REFRESH MATERIALIZED VIEW failing AS SELECT no_such_column FROM orders;
`;
const PIPELINE = { name: 'p', catalog: 'c', schema: 's', sources: [{ path: 'p.sql', text: SQL }], configuration: {} };

async function orders(lake: string): Promise<void> {
  const values =
    "VALUES (1, CAST(10.50 AS DECIMAL(10, 2)), DATE'2024-01-02', 'it\\'s'), (2, NULL, DATE'2024-02-03', NULL) AS t(id, amount, day, note)";
  await sail.engine.appendDelta(`SELECT * FROM ${values}`, join(lake, 'c/s/orders'), 'test');
}

test('both engines run an update from nothing, and what fails on one says so', async () => {
  const text = `CREATE OR REFRESH MATERIALIZED VIEW n AS SELECT id * 2 AS id FROM range(3);
    CREATE OR REFRESH MATERIALIZED VIEW spans AS SELECT DATE'2024-01-02' - DATE'2024-01-01' AS d;
    CREATE OR REFRESH MATERIALIZED VIEW seen AS SELECT id, current_timestamp() AS seen_at FROM n`;
  const pipeline = { ...PIPELINE, sources: [{ path: 'p.sql', text }] };
  const theirs = await sail.connect();
  const report = await comparePipeline({ pipeline, ours: sail.engine, theirs, folder: join(sail.folder, 'both') });
  expect(report).toEqual([
    { dataset: 's.n', verdict: 'equal', rows: 3 },
    { dataset: 's.spans', verdict: 'failed', rows: 0, detail: expect.stringContaining('LAKEFLOW_ENGINE_WRONG_ANSWER') },
    { dataset: 's.seen', verdict: 'equal', rows: 3 },
  ]);
});

describe('a Databricks warehouse', () => {
  let server: Server;
  const asked: string[] = [];

  /** Answers as the Statement Execution API does: the second statement after a poll and in two chunks, the third with an error. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += String(part);
      });
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
        response.setHeader('content-type', 'application/json');
        const statement = body ? (JSON.parse(body) as { statement: string; warehouse_id: string }).statement : '';
        response.end(JSON.stringify(answer(request.url ?? '', statement)));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => server.close());

  const MANIFEST = {
    schema: {
      columns: ['id INT', 'amount DECIMAL(10,2)', 'day DATE', 'third DECIMAL(14,6)', 'ids ARRAY<INT>'].map((column) => {
        const [name = '', type_text = ''] = column.split(' ');
        return { name, type_text };
      }),
    },
  };
  let polled = 0;

  function answer(url: string, statement: string): object {
    if (url.endsWith('/chunk')) return { data_array: [['2', null, '2024-02-03', null, '["2"]']] };
    if (url.includes('/poll')) {
      polled += 1;
      const result = { data_array: [['1', '10.50', '2024-01-02', third, '["1"]']], next_chunk_internal_link: '/chunk' };
      return polled === 1
        ? { statement_id: 'poll', status: { state: 'RUNNING' } }
        : { statement_id: 'poll', status: { state: 'SUCCEEDED' }, manifest: MANIFEST, result };
    }
    if (statement.includes('third')) return { statement_id: 'poll', status: { state: 'PENDING' } };
    return { statement_id: 'x', status: { state: 'FAILED', error: { message: `cannot run ${statement.slice(0, 20)}` } } };
  }
  let third = '3.500000';

  const warehouse = () => {
    const { port } = server.address() as { port: number };
    return new Warehouse({ host: `http://127.0.0.1:${port}`, token: 'secret', warehouse: 'w1' });
  };

  test('computes the same queries over the same rows', async () => {
    const lake = join(sail.folder, 'lake-w');
    await orders(lake);
    await runUpdate({
      engine: sail.engine,
      lake,
      pipeline: { ...PIPELINE, sources: [{ path: 'p.sql', text: SQL.split(';')[0] ?? '' }] },
    });
    const options = { pipeline: PIPELINE, engine: sail.engine, warehouse: warehouse(), lake };
    expect(await compareOnWarehouse(options)).toEqual([
      { dataset: 's.doubled', verdict: 'equal', rows: 2 },
      { dataset: 's.refused', verdict: 'refused', rows: 0, detail: expect.stringContaining('date - date') },
      { dataset: 's.failing', verdict: 'refused', rows: 0, detail: expect.stringContaining('no_such_column') },
    ]);
    expect(asked[0]).toBe('POST /api/2.0/sql/statements Bearer secret');
    third = '3.500001';
    const [differing] = await compareOnWarehouse(options);
    expect(differing).toMatchObject({
      dataset: 's.doubled',
      verdict: 'differs',
      detail: expect.stringContaining('1 rows only here, 1 only there'),
    });
  });

  test('that fails a statement or is not there is named', async () => {
    await expect(warehouse().query('SELECT 1')).rejects.toMatchObject({
      code: 'PARITY_STATEMENT',
      message: expect.stringContaining('cannot run SELECT 1'),
    });
    const nobody = new Warehouse({ host: 'http://127.0.0.1:1', token: 't', warehouse: 'w' });
    await expect(nobody.query('SELECT 1')).rejects.toMatchObject({
      code: 'PARITY_WAREHOUSE',
      hint: expect.stringContaining('DATABRICKS_HOST'),
    });
  });
});
