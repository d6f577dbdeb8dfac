import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate, type UpdateOptions } from '../../src';
import { Lakehouse } from '../../src/lakehouse';
import { putFiles } from '../support/files';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

const sail = withSail();
const LATEST =
  "WITH latest AS (SELECT origin.update_id AS id FROM c.s.log WHERE event_type = 'create_update' ORDER BY timestamp DESC LIMIT 1)";

class LoggedLake {
  private readonly files: string;
  readonly folder: string;
  private readonly house: Lakehouse;

  constructor(name: string) {
    this.folder = join(sail.folder, name);
    this.files = join(this.folder, 'in');
    mkdirSync(this.files, { recursive: true });
    this.house = new Lakehouse({ root: join(this.folder, 'lake'), engine: sail.engine });
  }

  put(name: string, ...ids: (number | null)[]): void {
    putFiles(this.files, { [name]: ids.map((id) => `${JSON.stringify({ id })}\n`).join('') });
  }

  update(options: Partial<UpdateOptions> & { readonly sql?: string } = {}) {
    const { sql, ...more } = options;
    const text =
      sql ??
      `CREATE OR REFRESH STREAMING TABLE t (
         CONSTRAINT has_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
         CONSTRAINT small EXPECT (id < 10)
       ) AS SELECT id FROM STREAM read_files('${this.files}', format => 'json', schema => 'id INT');
       CREATE OR REFRESH MATERIALIZED VIEW m (CONSTRAINT few EXPECT (n < 5) ON VIOLATION FAIL UPDATE) AS SELECT count(*) AS n FROM t;`;
    const pipeline = {
      name: 'p',
      catalog: 'c',
      schema: 's',
      sources: [{ path: 'p.sql', text }],
      configuration: {},
      eventLog: { schema: 's', name: 'log' },
    };
    return runUpdate({ engine: sail.engine, lake: join(this.folder, 'lake'), pipeline, ...more });
  }

  rows = async (sql: string) => (await this.house.query(sql)).rows;
}

test('the table has the documented columns, and the documented queries answer', async () => {
  const lake = new LoggedLake('queries');
  lake.put('1.json', 1, 20, null, null);
  const { update } = await lake.update();
  const { columns } = await new Lakehouse({ root: join(lake.folder, 'lake'), engine: sail.engine }).query(
    'SELECT * FROM c.s.log',
  );
  expect(columns.map(({ name }) => name)).toEqual([
    'id',
    'sequence',
    'origin',
    'timestamp',
    'message',
    'level',
    'error',
    'details',
    'event_type',
    'maturity_level',
  ]);
  expect(await lake.rows(`${LATEST} SELECT id FROM latest`)).toEqual([{ id: update }]);
  expect(
    await lake.rows(
      `${LATEST} SELECT e.dataset, e.name, sum(e.passed_records) AS passed, sum(e.failed_records) AS failed
       FROM (
         SELECT explode(from_json(details:flow_progress.data_quality.expectations,
           'array<struct<name: string, dataset: string, passed_records: int, failed_records: int>>')) AS e
         FROM c.s.log, latest WHERE event_type = 'flow_progress' AND origin.update_id = latest.id
       ) GROUP BY e.dataset, e.name ORDER BY e.name`,
    ),
  ).toEqual([
    { dataset: 'c.s.m', name: 'few', passed: 1n, failed: 0n },
    { dataset: 'c.s.t', name: 'has_id', passed: 2n, failed: 2n },
    { dataset: 'c.s.t', name: 'small', passed: 1n, failed: 3n },
  ]);
  expect(
    await lake.rows(
      `SELECT CAST(details:flow_progress.metrics.num_output_rows AS BIGINT) AS written,
         CAST(details:flow_progress.data_quality.dropped_records AS BIGINT) AS dropped
       FROM c.s.log WHERE event_type = 'flow_progress' AND origin.dataset_name = 'c.s.t' AND details:flow_progress.status = 'COMPLETED'`,
    ),
  ).toEqual([{ written: 2n, dropped: 2n }]);
});

test('each update adds its events once; a failed one tells its error', async () => {
  const lake = new LoggedLake('failure');
  lake.put('1.json', 1);
  const first = await lake.update();
  lake.put('2.json', 2, 3, 4, 5, 6);
  await expect(lake.update()).rejects.toMatchObject({ result: { update: expect.any(String) } });
  const states = () =>
    lake.rows(
      `SELECT details:update_progress.state AS state, count(*) AS n FROM c.s.log WHERE event_type = 'update_progress' GROUP BY 1 ORDER BY 1`,
    );
  expect(await states()).toEqual([
    { state: 'COMPLETED', n: 1n },
    { state: 'FAILED', n: 1n },
  ]);
  expect(
    await lake.rows(
      `SELECT origin.dataset_name AS dataset, error.exceptions[0].class_name AS code FROM c.s.log WHERE level = 'ERROR' AND error IS NOT NULL`,
    ),
  ).toEqual([{ dataset: 'c.s.m', code: expect.stringMatching(/^LAKEFLOW_EXPECTATION/) }]);
  const [{ ids, n }] = (await lake.rows(`SELECT count(DISTINCT id) AS ids, count(*) AS n FROM c.s.log`)) as [
    { ids: bigint; n: bigint },
  ];
  expect(ids).toBe(n);
  expect(await lake.rows(`SELECT count(*) AS n FROM c.s.log WHERE origin.update_id = '${first.update}'`)).not.toEqual([
    { n: 0n },
  ]);
});

test('what a crash kept back comes with the next update', async () => {
  const lake = new LoggedLake('crash');
  lake.put('1.json', 1);
  const crash = (point: string) => {
    if (point === 'after-refresh') throw new Error('crash');
  };
  await expect(lake.update({ faults: crash })).rejects.toMatchObject({ point: 'after-refresh' });
  await lake.update();
  expect(await lake.rows(`SELECT count(*) AS n FROM c.s.log WHERE event_type = 'create_update'`)).toEqual([{ n: 2n }]);
});

test('a table that is no event log is left alone', async () => {
  const lake = new LoggedLake('foreign');
  lake.put('1.json', 1);
  await new TestLake(sail.engine, join(lake.folder, 'lake'), '').append('log', 'id INT', [{ id: 1 }]);
  await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_TABLE_FOREIGN' });
});
