import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InjectedFault, type PipelineEvent, readEvents } from '../../src';
import { readSnapshot } from '../../src/delta/log';
import { feature } from '../support/feature';
import { putFiles } from '../support/files';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

const AUTO_LOADER = 'Configure schema inference and evolution in Auto Loader';

describe('schema evolution', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (sql: string) => {
    count += 1;
    const files = join(sail.folder, `in-${count}`);
    mkdirSync(files, { recursive: true });
    return { files, lake: new TestLake(sail.engine, join(sail.folder, `lake-${count}`), sql, { files }) };
  };
  const columnsOf = async (lake: TestLake, table: string) =>
    (await sail.engine.describe(`SELECT * FROM ${lake.relation(table)}`)).map(({ name, type }) => `${name} ${type}`);
  const events = (lake: TestLake, type: PipelineEvent['type']) =>
    readEvents(lake.folder, { catalog: 'c', name: 'p' }).filter((event) => event.type === type);
  const rescued = (text: string, file: string) => JSON.stringify(`{${text},"_file_path":"file://${file}"}`);

  feature(
    'Schema evolution',
    'a new column of a source is added, in the tables that stream from it too',
    AUTO_LOADER,
    async () => {
      const { files, lake } = setUp(`
      CREATE OR REFRESH STREAMING TABLE raw AS SELECT * FROM STREAM read_files('\${files}', format => 'json');
      CREATE OR REFRESH STREAMING TABLE copy AS SELECT * FROM STREAM(raw);
      CREATE OR REFRESH MATERIALIZED VIEW mirror AS SELECT * FROM raw;
    `);
      putFiles(files, { 'a.json': [{ id: 1, o: { x: 1 } }] });
      await lake.update();
      putFiles(files, { 'b.json': [{ id: 2, o: { x: 2, y: 'deep' }, late: true }, { id: 3 }] });
      await lake.update();
      for (const table of ['raw', 'copy', 'mirror']) {
        expect(await columnsOf(lake, table)).toEqual([
          'id bigint',
          'o struct<x:bigint,y:string>',
          '_rescued_data string',
          'late boolean',
        ]);
        expect(await lake.rows(table)).toEqual([
          '{"_rescued_data":null,"id":1,"late":null,"o":{"x":1,"y":null}}',
          '{"_rescued_data":null,"id":2,"late":true,"o":{"x":2,"y":"deep"}}',
          '{"_rescued_data":null,"id":3,"late":null,"o":null}',
        ]);
      }
      expect(events(lake, 'columns_changed')).toMatchObject([
        {
          dataset: 's.raw',
          columns: [
            { name: 'o', type: 'struct<x:bigint,y:string>', before: 'struct<x:bigint>' },
            { name: 'late', type: 'boolean', before: null },
          ],
        },
        { dataset: 's.copy' },
      ]);
      const before = sail.engine.statements;
      await lake.update();
      expect(sail.engine.statements).toBe(before);
      putFiles(files, { 'c.json': [{ id: 4, late: false, ID: 5 }] });
      await lake.update();
      expect(await lake.rows('copy', 'id, late, _rescued_data')).toContain(
        `{"_rescued_data":${rescued('"ID":"5"', join(files, 'c.json'))},"id":4,"late":false}`,
      );
    },
  );

  feature('Schema evolution', 'a column that only records beyond the sample have is added as well', AUTO_LOADER, async () => {
    const { files, lake } = setUp(
      `CREATE OR REFRESH STREAMING TABLE raw AS SELECT * FROM STREAM read_files('\${files}', format => 'json');`,
    );
    putFiles(files, {
      'a.json': Array.from({ length: 10_001 }, (_, id) => ({ id })),
      'b.json': [{ id: -1, rare: 'x' }],
      'c.json': [{ id: -2, rarer: 1.5 }],
    });
    await lake.update();
    expect(await columnsOf(lake, 'raw')).toEqual(['id bigint', 'rare string', 'rarer double', '_rescued_data string']);
    const { rows } = await sail.engine.sql(`SELECT id, rare, rarer FROM ${lake.relation('raw')} WHERE id < 0 ORDER BY id`);
    expect(rows).toEqual([
      { id: -2n, rare: null, rarer: 1.5 },
      { id: -1n, rare: 'x', rarer: null },
    ]);
  });

  feature(
    'Schema evolution',
    'a value that does not fit its column is rescued, and so is a type that would have to widen',
    AUTO_LOADER,
    async () => {
      const { files, lake } = setUp(
        `CREATE OR REFRESH STREAMING TABLE raw AS SELECT * FROM STREAM read_files('\${files}', format => 'json', schemaHints => 'n INT');`,
      );
      putFiles(files, { 'a.json': [{ n: 1 }] });
      await lake.update();
      putFiles(files, { 'b.json': [{ n: 3_000_000_000 }, { n: 'many' }, { n: 2 }] });
      await lake.update();
      const path = join(files, 'b.json');
      expect(await lake.rows('raw')).toEqual(
        [
          '{"_rescued_data":null,"n":1}',
          '{"_rescued_data":null,"n":2}',
          `{"_rescued_data":${rescued('"n":"3000000000"', path)},"n":null}`,
          `{"_rescued_data":${rescued('"n":"many"', path)},"n":null}`,
        ].sort(),
      );
    },
  );

  feature(
    'Schema evolution',
    'a type widens with addNewColumnsWithTypeWidening where the table allows it',
    'Automatic type widening with Auto Loader',
    async () => {
      const read = `read_files('\${files}', format => 'csv', header => true, schemaEvolutionMode => 'addNewColumnsWithTypeWidening')`;
      const { files, lake } = setUp(`
      CREATE OR REFRESH STREAMING TABLE raw TBLPROPERTIES ('delta.enableTypeWidening' = 'true') AS SELECT * FROM STREAM ${read};
      CREATE OR REFRESH STREAMING TABLE doubled TBLPROPERTIES ('delta.enableTypeWidening' = true) AS SELECT n + n AS n FROM STREAM(raw);
      CREATE OR REFRESH STREAMING TABLE narrow AS SELECT n FROM STREAM(raw);
    `);
      putFiles(files, { 'a.csv': 'n\n1\n' });
      await lake.update();
      expect(await columnsOf(lake, 'raw')).toEqual(['n int', '_rescued_data string']);
      putFiles(files, { 'b.csv': 'n\n3000000000\n' });
      await expect(lake.update()).rejects.toMatchObject({
        code: 'LAKEFLOW_SCHEMA_CHANGED',
        message: expect.stringMatching(/s\.narrow.*n was int and is bigint/),
        hint: expect.stringContaining("'delta.enableTypeWidening' = 'true'"),
      });
      expect(await columnsOf(lake, 'raw')).toEqual(['n bigint', '_rescued_data string']);
      expect(await lake.rows('raw', 'n')).toEqual(['{"n":1}', '{"n":3000000000}']);
      expect(await lake.rows('doubled')).toEqual(['{"n":2}', '{"n":6000000000}']);
      expect(await lake.rows('narrow')).toEqual(['{"n":1}']);
      putFiles(files, { 'c.csv': 'n\n1.5\n' });
      lake.sql = lake.sql.replace('TABLE narrow', `TABLE narrow TBLPROPERTIES ('delta.enableTypeWidening' = 'true')`);
      await lake.update();
      expect(await lake.rows('narrow')).toEqual(['{"n":1}', '{"n":3000000000}', '{"n":null}']);
      expect(await columnsOf(lake, 'narrow')).toEqual(['n bigint']);
      const { files: live, protocol } = readSnapshot(lake.location('raw'));
      expect(protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2 });
      expect([...live.values()].filter(({ dataChange }) => !dataChange)).toHaveLength(1);
      expect(readdirSync(lake.location('raw')).filter((name) => name.endsWith('.parquet')).length).toBeGreaterThan(live.size);
    },
  );

  feature(
    'Schema evolution',
    'rescue, none and failOnNewColumns: a new column is rescued, left out, or ends the flow',
    AUTO_LOADER,
    async () => {
      const table = (mode: string) =>
        `CREATE OR REFRESH STREAMING TABLE ${mode} AS SELECT * FROM STREAM read_files('\${files}', format => 'json', schemaEvolutionMode => '${mode}');`;
      const { files, lake } = setUp(['rescue', 'none', 'failOnNewColumns'].map(table).join('\n'));
      putFiles(files, { 'a.json': [{ id: 1 }] });
      await lake.update();
      putFiles(files, { 'b.json': [{ id: 2, more: 1 }] });
      await expect(lake.update()).rejects.toMatchObject({
        code: 'LAKEFLOW_SOURCE_COLUMNS',
        message: expect.stringContaining('more'),
        result: { datasets: [{ status: 'refreshed' }, { status: 'refreshed' }, { status: 'failed' }] },
      });
      expect(await lake.rows('rescue')).toEqual([
        `{"_rescued_data":${rescued('"more":"1"', join(files, 'b.json'))},"id":2}`,
        '{"_rescued_data":null,"id":1}',
      ]);
      expect(await lake.rows('none')).toEqual(['{"id":1}', '{"id":2}']);
      expect(await lake.rows('failonnewcolumns', 'id')).toEqual(['{"id":1}']);
    },
  );

  feature(
    'Schema evolution',
    'columns that a query is given are added, without new rows too; comments and properties follow',
    'CREATE STREAMING TABLE (pipelines)',
    async () => {
      const { lake } = setUp(`CREATE OR REFRESH STREAMING TABLE t COMMENT 'first' AS SELECT id FROM STREAM(orders);`);
      await lake.append('orders', 'id INT, city STRING', [{ id: 1, city: 'X' }]);
      await lake.update();
      lake.sql = `CREATE OR REFRESH STREAMING TABLE t COMMENT 'second' TBLPROPERTIES ('quality' = 'gold', 'delta.columnMapping.mode' = 'name')
      AS SELECT id, city, struct(id AS a) AS s FROM STREAM(orders);`;
      expect((await lake.update()).datasets).toMatchObject([{ status: 'refreshed', version: 1, rowsWritten: 0 }]);
      await lake.append('orders', 'id INT, city STRING', [{ id: 2, city: 'Y' }]);
      await lake.update();
      expect(await lake.rows('t')).toEqual(['{"city":"Y","id":2,"s":{"a":2}}', '{"city":null,"id":1,"s":null}']);
      expect(readSnapshot(lake.location('t')).metaData).toMatchObject({
        description: 'second',
        configuration: { quality: 'gold' },
      });
      expect((await lake.update()).datasets).toMatchObject([{ status: 'unchanged' }]);
      lake.sql = lake.sql.replace('id, city,', 'id,');
      await expect(lake.update()).rejects.toMatchObject({
        code: 'LAKEFLOW_SCHEMA_CHANGED',
        message: expect.stringContaining('city is gone'),
      });
    },
  );

  test('a crash between any two writes while a table grows, widens and has a flow that runs once', async () => {
    const sql = `
      CREATE OR REFRESH PRIVATE STREAMING TABLE raw TBLPROPERTIES ('delta.enableTypeWidening' = 'true')
        AS SELECT * FROM STREAM read_files('\${files}', format => 'csv', header => true, schemaEvolutionMode => 'addNewColumnsWithTypeWidening');
      CREATE OR REFRESH STREAMING TABLE t TBLPROPERTIES ('delta.enableTypeWidening' = 'true');
      CREATE FLOW live AS INSERT INTO t BY NAME SELECT * EXCEPT_RESCUED FROM STREAM(raw);
      CREATE FLOW backfill AS INSERT ONCE INTO t BY NAME SELECT -1 AS n;`;
    const first = sql.replace('* EXCEPT_RESCUED', 'n');
    const second = sql.replace('* EXCEPT_RESCUED', 'n, s');
    const points: string[] = [];
    const run = async (point?: string) => {
      const { files, lake } = setUp(first);
      putFiles(files, { 'a.csv': 'n,s\n1,x\n' });
      await lake.update();
      lake.sql = second;
      putFiles(files, { 'b.csv': 'n,s,late\n3000000000,y,true\n' });
      const faults = (reached: string) => {
        if (point === undefined) points.push(reached);
        if (reached === point) throw new Error('crash');
      };
      const update = lake.update({ faults });
      if (point === undefined) await update;
      else await expect(update).rejects.toBeInstanceOf(InjectedFault);
      if (point !== undefined) await lake.update();
      expect(await columnsOf(lake, 't')).toEqual(['n bigint', 's string']);
      expect({ point, rows: await lake.rows('t') }).toEqual({
        point,
        rows: ['{"n":-1,"s":null}', '{"n":1,"s":null}', '{"n":3000000000,"s":"y"}'],
      });
    };
    await run();
    expect(points).toContain('after-stage-widened:s.t');
    for (const point of points.filter((each) => each.endsWith(':s.t') || each === 'after-commit:s.raw')) await run(point);
  });
});
