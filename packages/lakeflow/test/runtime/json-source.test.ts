import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../../src';
import { feature } from '../support/feature';
import { putFiles } from '../support/files';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

describe('STREAM read_files of JSON', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (sql: string) => {
    count += 1;
    const folder = join(sail.folder, `json-${count}`);
    const files = join(folder, 'in');
    mkdirSync(files, { recursive: true });
    return { files, lake: new TestLake(sail.engine, join(folder, 'lake'), sql, { files }) };
  };
  const table = (options: string, select = '*') =>
    `CREATE OR REFRESH STREAMING TABLE t AS SELECT ${select} FROM STREAM read_files('\${files}', format => 'json', ${options});`;

  test('loads what is there, then what is new, and asks the engine for nothing when nothing is', async () => {
    const { files, lake } = setUp(table("schema => 'id BIGINT, name STRING'"));
    putFiles(files, { 'a.json': [{ id: 1, name: 'a' }], 'sub/b.json': [{ id: 2, name: 'b' }, { id: 3 }] });
    const first = await lake.update();
    expect(first.datasets).toEqual([{ dataset: 's.t', status: 'refreshed', version: 0, rowsWritten: 3, rowsDropped: 0 }]);

    const before = sail.engine.statements;
    expect((await lake.update()).datasets).toEqual([{ dataset: 's.t', status: 'unchanged' }]);
    expect(sail.engine.statements).toBe(before);
    expect(readdirSync(join(lake.location('t'), '_delta_log')).filter((name) => name.endsWith('.json'))).toHaveLength(1);

    putFiles(files, { 'c.json': [{ id: 4, name: 'd' }] });
    expect((await lake.update()).datasets).toMatchObject([{ rowsWritten: 1, version: 1 }]);
    expect(await lake.rows('t')).toEqual([
      '{"id":1,"name":"a"}',
      '{"id":2,"name":"b"}',
      '{"id":3,"name":null}',
      '{"id":4,"name":"d"}',
    ]);
  });

  test('says whose rows it read, where the table names the run of a row: dropped ones too', async () => {
    const { files, lake } = setUp(`
      CREATE OR REFRESH STREAMING TABLE t (CONSTRAINT positive EXPECT (id > 0) ON VIOLATION DROP ROW)
      AS SELECT * FROM STREAM read_files('\${files}', format => 'json', schema => 'id INT, run_id STRING');
      CREATE OR REFRESH STREAMING TABLE copied AS SELECT * FROM STREAM(t);`);
    const options = { run: 'update-run', runColumn: 'run_id' };
    putFiles(files, { 'a.json': [{ id: 1, run_id: 'one' }, { id: -1, run_id: 'one' }, { id: 2 }] });
    const first = await lake.update(options);
    expect(first.runs).toEqual([
      { run: null, rows: 1 },
      { run: 'one', rows: 2 },
    ]);
    expect((await lake.update(options)).runs).toEqual([]);
    putFiles(files, { 'b.json': [{ id: 3, run_id: 'two' }] });
    const third = await lake.update(options);
    expect(third.runs).toEqual([{ run: 'two', rows: 1 }]);

    const events = readEvents(lake.folder, { catalog: 'c', name: 'p' });
    const of = (type: string, update: string) => events.filter((event) => event.type === type && event.update === update);
    expect(of('update_started', third.update)).toMatchObject([{ run: 'update-run' }]);
    expect(of('runs_read', third.update)).toMatchObject([{ dataset: 's.t', runs: [{ run: 'two', rows: 1 }] }]);
    expect(of('runs_read', first.update)).toHaveLength(1);

    putFiles(files, { 'c.json': [{ id: 4, run_id: 'three' }] });
    expect((await lake.update()).runs).toEqual([]);
  });

  feature(
    'Files',
    'the column _metadata has path, name, size and time of the file, and * leaves it out',
    'File metadata column',
    async () => {
      const { files, lake } = setUp(
        table(
          "schema => 'id INT'",
          '*, _metadata.file_path AS path, _metadata.file_name AS name, _metadata.file_size AS size, _metadata.file_modification_time AS modified',
        ),
      );
      putFiles(files, { 'x/ä b#1.json': '{"id":1}\n' });
      utimesSync(join(files, 'x/ä b#1.json'), 0, Date.parse('2024-05-06T07:08:09.5Z') / 1000);
      await lake.update();
      expect((await lake.rows('t')).map((row) => JSON.parse(row) as object)).toEqual([
        {
          id: 1,
          path: `file://${files}/x/%C3%A4%20b%231.json`,
          name: 'ä b#1.json',
          size: 9,
          modified: '2024-05-06T07:08:09.500Z',
        },
      ]);
    },
  );

  feature(
    'Files',
    'a malformed record, what does not fit and what has no column are in the rescued data column',
    'What is the rescued data column?',
    async () => {
      const { files, lake } = setUp(table("schema => 'id BIGINT, at TIMESTAMP', rescuedDataColumn => 'rest'"));
      const lines = [
        '{"id":1,"at":"2024-01-02T03:04:05Z"}',
        '{"id":"two","at":"2024-01-02T03:04:05Z","more":{"x":1}}',
        '{"id":3,',
        'no json',
        '[1]',
        '',
        '   ',
        '{"ID":5}',
      ];
      putFiles(files, { 'a.json': `\uFEFF${lines.join('\r\n')}` });
      await lake.update();
      const path = `"_file_path":"file://${files}/a.json"`;
      const rest = (text: string) => JSON.stringify(`{${text},${path}}`);
      const at = '"2024-01-02T03:04:05.000Z"';
      expect(await lake.rows('t')).toEqual(
        [
          `{"at":${at},"id":1,"rest":null}`,
          `{"at":${at},"id":null,"rest":${rest('"id":"two","more":"{\\"x\\":1}"')}}`,
          `{"at":null,"id":null,"rest":${rest('"_corrupt_record":"{\\"id\\":3,"')}}`,
          `{"at":null,"id":null,"rest":${rest('"_corrupt_record":"no json"')}}`,
          `{"at":null,"id":null,"rest":${rest('"_corrupt_record":"[1]"')}}`,
          `{"at":null,"id":null,"rest":${rest('"ID":"5"')}}`,
        ].sort(),
      );
    },
  );

  feature(
    'Files',
    'of a struct, array or map that does not fit entirely the column has what fits, and the rescued data column the whole',
    'What is the rescued data column?',
    async () => {
      const { files, lake } = setUp(
        table(
          "schema => 'id INT, s STRUCT<a: INT, b: ARRAY<INT>>, m MAP<STRING, INT>, l ARRAY<STRUCT<x: INT, y: MAP<STRING, INT>>>', rescuedDataColumn => 'rest'",
        ),
      );
      const records = [
        { id: 1, s: { a: 1, b: [1, null] }, m: { x: 1, y: null } },
        { id: 2, s: { a: 1, c: 'new' } },
        { id: 3, s: { b: [1, 'two'] }, m: { x: 'one' } },
        { id: 4, s: { a: null, c: null, b: [] }, m: {} },
        { id: 5, s: 'no struct', m: [1] },
        { id: 6, s: null, l: [{ x: 1, y: { z: 1 } }, null] },
        { id: 7, l: [{ x: 1 }, { x: 1, more: 2 }] },
        { id: 8, l: [{ y: { z: 'one' } }] },
      ];
      putFiles(files, { 'a.json': records });
      await lake.update();
      const rest = (id: number, members: object) => {
        const texts = Object.entries(members).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]);
        return JSON.stringify({
          id,
          rest: JSON.stringify({ ...Object.fromEntries(texts), _file_path: `file://${files}/a.json` }),
        });
      };
      const plain = (id: number) => `{"id":${id},"rest":null}`;
      expect(await lake.rows('t', 'id, rest')).toEqual([
        plain(1),
        rest(2, { s: records[1]!.s }),
        rest(3, { s: records[2]!.s, m: records[2]!.m }),
        plain(4),
        rest(5, { s: 'no struct', m: [1] }),
        plain(6),
        rest(7, { l: records[6]!.l }),
        rest(8, { l: records[7]!.l }),
      ]);
      expect(await lake.rows('t', 'id, s.a AS a, s.b AS b')).toContain('{"a":null,"b":[1,null],"id":3}');
    },
  );

  test('reads nested values, exact decimals, and bytes that are no UTF-8', async () => {
    const { files, lake } = setUp(
      table(
        "schema => 'd DECIMAL(30,10), s STRUCT<a: ARRAY<STRUCT<t: TIMESTAMP, n: DECIMAL(20,3)>>, m: MAP<STRING, INT>>, big BIGINT, text STRING'",
      ),
    );
    const record =
      '{"d":12345678901234567890.0123456789,"s":{"a":[{"t":"2024-01-01T00:00:00+02:00","n":1.250},{"t":"never"},null],"m":{"x":1,"y":"?"}},"big":9007199254740993,"text":"caf';
    putFiles(files, { 'a.json': Buffer.concat([Buffer.from(record), Buffer.from([0xe9]), Buffer.from('"}\n')]) });
    await lake.update();
    const { rows } = await sail.engine.sql(`SELECT * FROM ${lake.relation('t')}`);
    expect(rows).toEqual([
      {
        d: '12345678901234567890.0123456789',
        s: {
          a: [{ t: expect.stringMatching(/^2023-12-31T22:00:00/), n: '1.250' }, { t: null, n: null }, null],
          m: { x: 1, y: null },
        },
        big: 9007199254740993n,
        text: 'caf\uFFFD',
      },
    ]);
  });

  test('infers columns from the first batch; with schemaEvolutionMode => rescue it keeps them', async () => {
    const { files, lake } = setUp(table("includeExistingFiles => true, schemaEvolutionMode => 'rescue'"));
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_SOURCE_EMPTY' });
    putFiles(files, { 'a.json': [{ n: 1, f: 1.5, ok: true, o: { x: [1] }, nothing: null }] });
    await lake.update();
    const columns = await sail.engine.describe(`SELECT * FROM ${lake.relation('t')}`);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'f double',
      'n bigint',
      'nothing string',
      'o struct<x:array<bigint>>',
      'ok boolean',
      '_rescued_data string',
    ]);
    putFiles(files, { 'b.json': [{ n: 2, later: 'x' }] });
    await lake.update();
    expect(await lake.rows('t', 'n, _rescued_data')).toEqual([
      `{"_rescued_data":${JSON.stringify(`{"later":"x","_file_path":"file://${files}/b.json"}`)},"n":2}`,
      '{"_rescued_data":null,"n":1}',
    ]);
  });

  feature(
    'Files',
    'a file is read once by its path, a changed one again only with allowOverwrites',
    'Auto Loader options',
    async () => {
      const { files, lake } = setUp(
        table("schema => 'id INT'") + table("schema => 'id INT', allowOverwrites => true").replace('TABLE t', 'TABLE u'),
      );
      putFiles(files, { 'a.json': [{ id: 1 }] });
      await lake.update();
      putFiles(files, { 'a.json': [{ id: 1 }, { id: 2 }] });
      await lake.update();
      expect(await lake.rows('t')).toEqual(['{"id":1}']);
      expect(await lake.rows('u')).toEqual(['{"id":1}', '{"id":1}', '{"id":2}']);
    },
  );

  test('takes patterns, leaves out hidden files, and copes with odd names, empty files and folders', async () => {
    const { files, lake } = setUp(
      `CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM read_files('\${files}/{day,night}/*.json', format => 'json', schema => 'id INT');
       CREATE OR REFRESH STREAMING TABLE everything AS SELECT * FROM STREAM read_files('\${files}', format => 'json', schema => 'id INT');`,
    );
    await lake.update();
    expect(await lake.rows('t')).toEqual([]);
    putFiles(files, {
      'day/a.json': [{ id: 1 }],
      'day/deep/b.json': [{ id: 2 }],
      'night/c.txt': [{ id: 3 }],
      'night/100% [x] {y} ~?#.json': [{ id: 4 }],
      'other/d.json': [{ id: 5 }],
      'day/_e.json': [{ id: 6 }],
      '.hidden/f.json': [{ id: 7 }],
      'day/empty.json': '',
      "day/it's.json": [{ id: 8 }],
    });
    await lake.update();
    expect(await lake.rows('t')).toEqual(['{"id":1}', '{"id":4}', '{"id":8}']);
    expect(await lake.rows('everything')).toEqual([1, 2, 3, 4, 5, 8].map((id) => `{"id":${id}}`));
  });

  test('reads big files through the engine, with the same result', async () => {
    const { files, lake } = setUp(table("schema => 'id INT', rescuedDataColumn => 'rest'", '*, _metadata.file_name AS name'));
    const filler = 'x'.repeat(1000);
    const lines = Array.from({ length: 9000 }, (_, id) => JSON.stringify({ id, filler }));
    putFiles(files, {
      'plain.json': `${lines.join('\n')}\nbad\n`,
      'marked.json': `\uFEFF${lines.join('\r\n')}\r\n\r\nbad`,
      'small.json': [{ id: -1 }],
    });
    await lake.update();
    const counts = await sail.engine.sql(
      `SELECT name, count(*) AS n, count(id) AS good, count_if(rest LIKE '%corrupt%') AS bad, min(id) AS first FROM ${lake.relation('t')} GROUP BY name ORDER BY name`,
    );
    expect(counts.rows).toEqual([
      { name: 'marked.json', n: 9001n, good: 9000n, bad: 1n, first: 0 },
      { name: 'plain.json', n: 9001n, good: 9000n, bad: 1n, first: 0 },
      { name: 'small.json', n: 1n, good: 1n, bad: 0n, first: -1 },
    ]);
  });

  test('sends records by bytes: many large files at once, a very long line, and short lines with a long path each', async () => {
    const { files, lake } = setUp(
      `CREATE OR REFRESH STREAMING TABLE t AS SELECT length(value) AS size FROM STREAM read_files('\${files}', format => 'text');`,
    );
    // 17 files just below what the engine reads by itself: 136 MB, more than one message to it holds.
    const large = 'x'.repeat(8_000_000);
    const many = Array.from({ length: 17 }, (_, id) => [`many/${id}.txt`, large]);
    const deep = `${'a-folder-with-a-long-name/'.repeat(8)}short.txt`;
    putFiles(files, { ...Object.fromEntries(many), 'one.txt': `\uFEFF${'y'.repeat(20_000_000)}`, [deep]: 'z\n'.repeat(60_000) });
    await lake.update();
    const { rows } = await sail.engine.sql(`SELECT size, count(*) AS n FROM ${lake.relation('t')} GROUP BY size ORDER BY size`);
    expect(rows).toEqual([
      { size: 1, n: 60_000n },
      { size: 8_000_000, n: 17n },
      { size: 20_000_000, n: 1n },
    ]);
  });

  test.each([
    ["schema => 'id INT', multiLine => true", 'multiLine'],
    ["schema => 'id INT', colour => 'red'", 'colour'],
    ["schema => 'id INT', mode => 'FAILFAST'", 'FAILFAST'],
    ["schema => 'id WHAT'", 'id WHAT'],
    ["schema => 'id INT', schemaEvolutionMode => 'addNewColumns'", 'cannot add columns to a schema'],
    ["schemaEvolutionMode => 'grow'", 'grow'],
    ["schema => 'id INT', allowOverwrites => 'maybe'", 'allowoverwrites'],
  ])('refuses %s', async (options, named) => {
    const { lake } = setUp(table(options));
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_READ_OPTION', message: expect.stringContaining(named) });
  });

  test('refuses a folder that is not there, and a relative one', async () => {
    const { files, lake } = setUp(table("schema => 'id INT'").replace('${files}', '${files}/nowhere'));
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_SOURCE_MISSING',
      message: expect.stringContaining(`${files}/nowhere`),
    });
    lake.sql = table("schema => 'id INT'").replace('${files}', 'data/in');
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_SOURCE_PATH' });
  });
});
