import { join } from 'node:path';
import { readCommit } from '../src/delta/log';
import { connectEngine, type SparkConnectEngine } from '../src/engine';
import { withSail } from './support/sail';

const sail = withSail();

describe('a query', () => {
  test('gives each type as its documented value', async () => {
    const result = await sail.engine.sql(`
      SELECT true AS b, 7 AS i, 9223372036854775807 AS l, CAST('-12345678901234567890.12' AS DECIMAL(38,2)) AS d,
             timestamp '1969-12-31 23:59:59.123456' AS ts, timestamp '2024-01-02 03:04:05' AS whole, date '1960-02-29' AS day,
             X'00FF' AS bin, array(1, null) AS arr, map('k', 1.5D) AS m, named_struct('a', 1, 'b', array('x')) AS s,
             CAST(null AS STRING) AS n, double('NaN') AS nan`);
    expect(result.rows).toEqual([
      {
        b: true,
        i: 7,
        l: 9223372036854775807n,
        d: '-12345678901234567890.12',
        ts: '1969-12-31T23:59:59.123456Z',
        whole: '2024-01-02T03:04:05.000Z',
        day: '1960-02-29',
        bin: new Uint8Array([0, 255]),
        arr: [1, null],
        m: { k: 1.5 },
        s: { a: 1, b: ['x'] },
        n: null,
        nan: Number.NaN,
      },
    ]);
    expect(result.columns.map((column) => column.type)).toEqual([
      ...['boolean', 'int', 'bigint', 'decimal(38,2)', 'timestamp', 'timestamp', 'date', 'binary', 'array<int>'],
      ...['map<string,double>', 'struct<a:int,b:array<string>>', 'string', 'double'],
    ]);
  });

  test('without rows still tells its columns', async () => {
    expect(await sail.engine.sql('SELECT 1 AS a WHERE false')).toEqual({ columns: [{ name: 'a', type: 'int' }], rows: [] });
  });

  test('keeps both of two columns of one name', async () => {
    const result = await sail.engine.sql('SELECT 1 AS id, 2 AS id');
    expect(result.rows).toEqual([{ id: 1, id_2: 2 }]);
    expect(result.columns.map((column) => column.name)).toEqual(['id', 'id_2']);
  });

  test('of 100,000 rows arrives whole and in order', async () => {
    const { rows } = await sail.engine.sql("SELECT id, concat('row ', id) AS t FROM range(100000) ORDER BY id");
    expect(rows).toHaveLength(100_000);
    expect(rows[99_999]).toEqual({ id: 99_999n, t: 'row 99999' });
  });

  test('is described without running', async () => {
    expect(await sail.engine.describe("SELECT 1L AS a, named_struct('b c', 1) AS s")).toEqual([
      { name: 'a', type: 'bigint' },
      { name: 's', type: 'struct<`b c`:int>' },
    ]);
  });
});

describe('every session', () => {
  test('is in ANSI mode and in UTC', async () => {
    await expect(sail.engine.sql("SELECT CAST('x' AS INT)")).rejects.toMatchObject({ code: 'ENGINE_SQL' });
    expect((await sail.engine.sql("SELECT hour(timestamp '2024-07-01 00:00:00+02:00') AS h")).rows).toEqual([{ h: 22 }]);
  });

  test('knows its own views only', async () => {
    const other = await sail.connect();
    await sail.engine.execute('CREATE OR REPLACE TEMPORARY VIEW mine AS SELECT 1 AS a');
    await expect(other.sql('SELECT * FROM mine')).rejects.toMatchObject({ code: 'ENGINE_SQL' });
  });

  test('can be shared by its id', async () => {
    const sessionId = '6b1a2c3d-0000-4000-8000-000000000001';
    const first = await connectEngine({ port: sail.port, sessionId });
    await first.execute('CREATE OR REPLACE TEMPORARY VIEW ours AS SELECT 5 AS a');
    await first.close();
    const second = await connectEngine({ port: sail.port, sessionId });
    expect((await second.sql('SELECT * FROM ours')).rows).toEqual([{ a: 5 }]);
    await second.close();
  });

  test('counts what was sent, and counts nothing else', async () => {
    const engine = await sail.connect();
    await engine.session();
    expect(engine.statements).toBe(0);
    await engine.sql('SELECT 1');
    await engine.describe('SELECT 1');
    await engine.createLocalView('one', { schema: 'a INT', rows: [] });
    expect(engine.statements).toBe(3);
  });

  test('runs statements at the same time without mixing their rows', async () => {
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, n) => sail.engine.sql(`SELECT ${n} AS n, id FROM range(1000)`)),
    );
    answers.forEach(({ rows }, n) => {
      expect(rows).toHaveLength(1000);
      expect(rows.every((row) => row.n === n)).toBe(true);
    });
  });
});

describe('an error', () => {
  test('carries the engine’s words and the first line of the statement', async () => {
    const statement = '-- a comment first\n\n  SELECT nosuch\n  FROM range(1)';
    await expect(sail.engine.sql(statement)).rejects.toMatchObject({
      code: 'ENGINE_SQL',
      message: expect.stringMatching(/nosuch[\s\S]*\n {2}in: SELECT nosuch$/),
      statement,
    });
  });

  test('in the middle of a result is an error, not a short result', async () => {
    await expect(
      sail.engine.sql("SELECT CAST(CASE WHEN id = 99999 THEN 'x' ELSE '1' END AS INT) AS x FROM range(100000)"),
    ).rejects.toMatchObject({ code: 'ENGINE_SQL', message: expect.stringContaining("'x'") });
  });

  test('leaves the session usable', async () => {
    await expect(sail.engine.sql('SELEC')).rejects.toMatchObject({ code: 'ENGINE_SQL' });
    expect((await sail.engine.sql('SELECT 1 AS a')).rows).toEqual([{ a: 1 }]);
  });

  test('of a value that has no plain form names the way out', async () => {
    await expect(sail.engine.sql("SELECT INTERVAL '1' DAY AS i")).rejects.toMatchObject({
      code: 'ENGINE_TYPE',
      hint: expect.stringContaining('STRING'),
    });
  });

  test('of overlapping MERGEs is a conflict to run again, and one of them wins', async () => {
    const table = join(sail.lake, 'contended');
    await sail.engine.execute(`CREATE TABLE contended (k INT, v INT) USING delta LOCATION '${table}'`);
    await sail.engine.execute('INSERT INTO contended VALUES (1, 0)');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) =>
        sail.engine.execute(
          `MERGE INTO contended USING (SELECT 1 AS k, ${n + 1} AS v) AS s ON contended.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v`,
        ),
      ),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason.code);
    expect(refused.length).toBeLessThan(6);
    expect(new Set([...refused, 'ENGINE_CONFLICT'])).toEqual(new Set(['ENGINE_CONFLICT']));
    expect((await sail.engine.sql('SELECT count(*) AS n FROM contended')).rows).toEqual([{ n: 1n }]);
  });

  test('of a closed engine says so', async () => {
    const engine = await connectEngine({ port: sail.port });
    await engine.close();
    await expect(engine.sql('SELECT 1')).rejects.toMatchObject({ code: 'ENGINE_CANCELLED' });
  });

  test('closing cancels what runs, and never passes it off as an empty result', async () => {
    const engine = await connectEngine({ port: sail.port });
    const running = engine.sql('SELECT sum(a.id * b.id) AS s FROM range(3000000) a CROSS JOIN range(30000) b');
    const outcome = expect(running).rejects.toMatchObject({ code: 'ENGINE_CANCELLED' });
    await started(engine);
    await engine.close();
    await outcome;
  });
});

describe('rows sent from here', () => {
  test('come back as they were sent', async () => {
    const rows = [
      { id: 1n, price: '19.90', seen: '1969-07-20T20:17:40.000Z', tags: ['a', null], at: { lat: 1.5, note: 'ü' } },
      { id: null, price: null, seen: null, tags: null, at: null },
    ];
    const schema = 'id BIGINT, price DECIMAL(10,2), seen TIMESTAMP, tags ARRAY<STRING>, at STRUCT<lat: DOUBLE, note: STRING>';
    await sail.engine.createLocalView('sent', { schema, rows });
    const result = await sail.engine.sql('SELECT * FROM sent');
    expect(result.rows).toEqual(rows);
    expect(result.columns.map((column) => column.type)).toEqual([
      ...['bigint', 'decimal(10,2)', 'timestamp', 'array<string>', 'struct<lat:double,note:string>'],
    ]);
  });

  test('100,000 of them', async () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => ({ path: `s3://b/events/${n}.json`, value: `{"n":${n}}` }));
    await sail.engine.createLocalView('many', { schema: 'path STRING, value STRING', rows });
    const { rows: counted } = await sail.engine.sql(
      "SELECT count(*) AS n, sum(get_json_object(value, '$.n')::bigint) AS s FROM many",
    );
    expect(counted).toEqual([{ n: 100_000n, s: 4_999_950_000n }]);
  });

  test('none at all, with their columns', async () => {
    await sail.engine.createLocalView('none', { schema: 'a INT, b ARRAY<STRING>', rows: [] });
    expect((await sail.engine.sql('SELECT * FROM none')).columns).toEqual([
      { name: 'a', type: 'int' },
      { name: 'b', type: 'array<string>' },
    ]);
  });

  test('are refused above the size of a message, before they are sent', async () => {
    const before = sail.engine.statements;
    const rows = [{ a: 'x'.repeat(121 * 1024 * 1024) }];
    await expect(sail.engine.createLocalView('big', { schema: 'a STRING', rows })).rejects.toMatchObject({
      code: 'ENGINE_TOO_LARGE',
    });
    expect(sail.engine.statements).toBe(before);
  });

  test('replace what the view held', async () => {
    await sail.engine.createLocalView('again', { schema: 'a INT', rows: [{ a: 1 }] });
    await sail.engine.createLocalView('again', { schema: 'b STRING', rows: [{ b: 'x' }] });
    expect((await sail.engine.sql('SELECT * FROM again')).rows).toEqual([{ b: 'x' }]);
  });
});

describe('appendDelta', () => {
  test('makes the table, then adds to it, one commit a call, found by its metadata', async () => {
    const folder = join(sail.lake, 'appended');
    await sail.engine.appendDelta('SELECT id FROM range(3)', folder, 'batch-1');
    await sail.engine.appendDelta('SELECT id + 3 AS id FROM range(2)', folder, 'batch-2');
    expect((await sail.engine.sql(`SELECT sum(id) AS s FROM delta.\`${folder}\``)).rows).toEqual([{ s: 10n }]);
    const marks = [0, 1].map(
      (version) => readCommit(folder, version).find((action) => action.commitInfo)?.commitInfo?.['userMetadata'],
    );
    expect(marks).toEqual(['batch-1', 'batch-2']);
    expect(() => readCommit(folder, 2)).toThrow(expect.objectContaining({ code: 'DELTA_LOG_GAP' }));
  });
});

/** Waits until the engine has sent a statement. */
async function started(engine: SparkConnectEngine): Promise<void> {
  while (engine.statements === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
