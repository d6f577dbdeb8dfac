import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { splitStatements } from '../src/dialect';
import { deltaAddress } from '../src/engine';
import { Lakehouse } from '../src/lakehouse';
import { withSail } from './support/sail';

const sail = withSail();
let lakes = 0;

/** A lake of its own for a test, and its catalog. */
function newLake(): { root: string; lakehouse: Lakehouse } {
  lakes += 1;
  const root = join(sail.folder, `lake-${lakes}`);
  mkdirSync(root);
  return { root, lakehouse: new Lakehouse({ root, engine: sail.engine }) };
}

function writeView(root: string, name: string, view: unknown): string {
  const file = join(root, `${name}.view.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof view === 'string' ? view : JSON.stringify(view));
  return file;
}

describe('an empty lake', () => {
  test('has no tables, and a query says what to do', async () => {
    const lakehouse = new Lakehouse({ root: join(sail.folder, 'not there yet'), engine: sail.engine });
    expect(lakehouse.tables()).toEqual([]);
    await expect(lakehouse.query('SELECT * FROM listings_local.gold.none')).rejects.toMatchObject({
      code: 'ENGINE_SQL',
      hint: 'the lake has no tables yet: run a pipeline first',
    });
    expect((await lakehouse.query('SELECT 1 AS a')).rows).toEqual([{ a: 1 }]);
  });
});

describe('tables', () => {
  test('are listed, and nothing else is', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'c/s/one'), 'm');
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, '.pipelines/c/p/hidden'), 'm');
    mkdirSync(join(root, 'c/s/unborn/_delta_log'), { recursive: true });
    mkdirSync(join(root, 'c/s/folder'));
    writeFileSync(join(root, 'c/s/notes.txt'), '');
    expect(lakehouse.tables()).toEqual([
      { catalog: 'c', schema: 's', name: 'one', kind: 'table', location: join(root, 'c/s/one') },
    ]);
  });

  test('answer to three-part names, in columns too', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta("SELECT 1 AS id, 'x' AS v", join(root, 'shop_local/bronze/raw'), 'm');
    await sail.engine.appendDelta('SELECT 1 AS id, 5 AS n', join(root, 'shop_local/gold/sums'), 'm');
    await sail.engine.appendDelta('SELECT 9 AS id', join(root, 'other_local/gold/sums'), 'm');
    const { rows } = await lakehouse.query(`
      SELECT raw.v, gold.sums.n, o.id FROM shop_local.bronze.raw
      JOIN shop_local.gold.sums ON raw.id = shop_local.gold.sums.id CROSS JOIN other_local.gold.sums AS o`);
    expect(rows).toEqual([{ v: 'x', n: 5, id: 9 }]);
  });

  test('are always current: new rows, new tables, tables made anew, tables that went away', async () => {
    const { root, lakehouse } = newLake();
    const folder = join(root, 'now_local/s/t');
    await sail.engine.appendDelta('SELECT 1 AS a', folder, 'm');
    expect((await lakehouse.query('SELECT * FROM now_local.s.t')).rows).toEqual([{ a: 1 }]);
    await sail.engine.appendDelta('SELECT 2 AS a', folder, 'm');
    expect((await lakehouse.query('SELECT sum(a) AS s FROM now_local.s.t')).rows).toEqual([{ s: 3n }]);
    await sail.engine.appendDelta('SELECT 7 AS b', join(root, 'now_local/s/later'), 'm');
    expect((await lakehouse.query('SELECT * FROM now_local.s.later')).rows).toEqual([{ b: 7 }]);
    rmSync(folder, { recursive: true });
    await sail.engine.appendDelta("SELECT 'new' AS other", folder, 'm');
    expect((await lakehouse.query('SELECT * FROM now_local.s.t')).rows).toEqual([{ other: 'new' }]);
    rmSync(folder, { recursive: true });
    await expect(lakehouse.query('SELECT * FROM now_local.s.t')).rejects.toMatchObject({
      code: 'ENGINE_SQL',
      hint: 'tables are now_local.s.later',
    });
  });

  test('are queried by the rules of pipelines, and errors have the place of a file', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a, 2L AS b, \'{"Kind": "x"}\' AS json', join(root, 'rules_local/s/t'), 'm');
    const query =
      'SELECT * EXCEPT (json), sum(b) OVER () AS s, json:kind FROM rules_local.s.t QUALIFY row_number() OVER (ORDER BY a) = 1';
    expect((await lakehouse.query(query)).rows).toEqual([{ a: 1, b: 2n, s: 2n, kind: 'x' }]);
    const [, second, third] = splitStatements(
      'SELECT 1;\n-- two\nSELECT to_json(struct(1.5D));\n  SELECT nothing FROM rules_local.s.t;',
      'q.sql',
    );
    await expect(lakehouse.query(second!.text, second!.location)).rejects.toMatchObject({
      code: 'LAKEFLOW_ENGINE_WRONG_ANSWER',
      location: { file: 'q.sql', line: 3, column: 8 },
    });
    await expect(lakehouse.query(third!.text, third!.location)).rejects.toMatchObject({
      code: 'ENGINE_SQL',
      location: { file: 'q.sql', line: 4, column: 3 },
    });
  });

  test('may have names that need backticks', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'odd-local/my schema/größe'), 'm');
    await sail.engine.appendDelta('SELECT 2 AS a', join(root, 'odd-local/my schema/a%2Fb'), 'm');
    const { rows } = await lakehouse.query(
      'SELECT x.a, y.a AS b FROM `odd-local`.`my schema`.`größe` x, `odd-local`.`my schema`.`a/b` y',
    );
    expect(rows).toEqual([{ a: 1, b: 2 }]);
  });

  test('work below a folder with a space', async () => {
    const root = join(sail.folder, 'My Projects', 'lake');
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'spaced_local/s/t'), 'm');
    const lakehouse = new Lakehouse({ root, engine: sail.engine });
    expect((await lakehouse.query('SELECT * FROM spaced_local.s.t')).rows).toEqual([{ a: 1 }]);
  });

  test('are described from their log, and counted', async () => {
    const { root, lakehouse } = newLake();
    const name = { catalog: 'd_local', schema: 's', name: 't' };
    await sail.engine.execute(
      `CREATE TABLE described (id BIGINT, price DECIMAL(10,2), at STRUCT<\`b c\`: ARRAY<INT>, m: MAP<STRING, DATE>>, ts TIMESTAMP)
       USING delta LOCATION '${join(root, 'd_local/s/t')}'`,
    );
    await sail.engine.execute('INSERT INTO described SELECT id, 1 AS price, null AS at, null AS ts FROM range(12)');
    expect(await lakehouse.describeTable(name)).toEqual([
      { name: 'id', type: 'bigint' },
      { name: 'price', type: 'decimal(10,2)' },
      { name: 'at', type: 'struct<`b c`:array<int>,m:map<string,date>>' },
      { name: 'ts', type: 'timestamp' },
    ]);
    expect(await lakehouse.countRows(name)).toBe(12);
    await expect(lakehouse.countRows({ ...name, name: 'u' })).rejects.toMatchObject({ code: 'LAKEHOUSE_NO_TABLE' });
  });
});

describe('registration', () => {
  test('sends nothing when nothing changed', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'quiet_local/s/t'), 'm');
    writeView(root, 'quiet_local/s/v', { query: 'SELECT a FROM delta.`${lake}/quiet_local/s/t`' });
    await lakehouse.register();
    const before = sail.engine.statements;
    await lakehouse.register();
    expect(sail.engine.statements).toBe(before);
  });

  test('may be asked for many times at once', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'busy_local/s/t'), 'm');
    const answers = await Promise.all(Array.from({ length: 10 }, () => lakehouse.query('SELECT a FROM busy_local.s.t')));
    expect(answers.map(({ rows }) => rows)).toEqual(Array(10).fill([{ a: 1 }]));
  });

  test('is made again after the engine was killed and started again', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'back_local/s/t'), 'm');
    writeView(root, 'back_local/s/v', { query: 'SELECT a + 1 AS b FROM delta.`${lake}/back_local/s/t`' });
    expect((await lakehouse.query('SELECT b FROM back_local.s.v')).rows).toEqual([{ b: 2 }]);
    await sail.restart();
    expect((await lakehouse.query('SELECT a, b FROM back_local.s.v, back_local.s.t')).rows).toEqual([{ a: 1, b: 2 }]);
  });

  test('replaces what another lake registered under the same name in the same session', async () => {
    const first = newLake();
    const second = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(first.root, 'same_local/s/t'), 'm');
    await sail.engine.appendDelta('SELECT 2 AS a', join(second.root, 'same_local/s/t'), 'm');
    await first.lakehouse.register();
    expect((await second.lakehouse.query('SELECT a FROM same_local.s.t')).rows).toEqual([{ a: 2 }]);
  });
});

describe('view files', () => {
  const query = 'SELECT `a b`, n AS `select` FROM delta.`${lake}/.pipelines/v_local/p/s.target/backing-1` WHERE NOT `__del`';

  test('are tables to whoever asks, with quoted names, and current', async () => {
    const { root, lakehouse } = newLake();
    const backing = join(root, '.pipelines/v_local/p/s.target/backing-1');
    await sail.engine.appendDelta("SELECT 'x' AS `a b`, 1 AS n, false AS `__del`", backing, 'm');
    await sail.engine.appendDelta("SELECT 'gone' AS `a b`, 1 AS n, true AS `__del`", backing, 'm');
    const file = writeView(root, 'v_local/s/target', { query });
    const read = async () => (await lakehouse.query('SELECT * FROM v_local.s.target ORDER BY 1')).rows;
    expect(await read()).toEqual([{ 'a b': 'x', select: 1 }]);
    expect(lakehouse.tables()).toEqual([{ catalog: 'v_local', schema: 's', name: 'target', kind: 'view', location: file }]);
    expect(await lakehouse.describeTable({ catalog: 'v_local', schema: 's', name: 'target' })).toEqual([
      { name: 'a b', type: 'string' },
      { name: 'select', type: 'int' },
    ]);
    await sail.engine.execute(
      `MERGE INTO delta.\`${deltaAddress(backing)}\` t USING (SELECT 'x' AS k) s ON t.\`a b\` = s.k WHEN MATCHED THEN UPDATE SET n = 5`,
    );
    expect(await read()).toEqual([{ 'a b': 'x', select: 5 }]);
  });

  test('may change their query and columns', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a, 2 AS b', join(root, '.pipelines/w/backing'), 'm');
    writeView(root, 'w_local/s/v', { query: 'SELECT a FROM delta.`${lake}/.pipelines/w/backing`' });
    expect((await lakehouse.query('SELECT * FROM w_local.s.v')).rows).toEqual([{ a: 1 }]);
    writeView(root, 'w_local/s/v', { query: 'SELECT b, a FROM delta.`${lake}/.pipelines/w/backing`' });
    expect((await lakehouse.query('SELECT * FROM w_local.s.v')).rows).toEqual([{ b: 2, a: 1 }]);
  });

  test('hold no absolute path: the lake may be moved', async () => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, '.pipelines/m/backing'), 'm');
    writeView(root, 'm_local/s/v', { query: 'SELECT a FROM delta.`${lake}/.pipelines/m/backing`' });
    await lakehouse.register();
    renameSync(root, `${root}-moved`);
    const moved = new Lakehouse({ root: `${root}-moved`, engine: sail.engine });
    expect((await moved.query('SELECT a FROM m_local.s.v')).rows).toEqual([{ a: 1 }]);
  });

  test.each([
    ['no JSON', '{', 'it is no JSON'],
    ['no query', { sql: 'SELECT 1' }, 'it has no "query"'],
    ['a table that is not there', { query: 'SELECT * FROM delta.`${lake}/gone`' }, 'it reads gone, where no Delta table is'],
    ['SQL that the engine refuses', { query: 'SELEC' }, 'found SELEC'],
  ])('with %s disturb nobody else and say what is wrong when they are asked for', async (_, view, message) => {
    const { root, lakehouse } = newLake();
    await sail.engine.appendDelta('SELECT 1 AS a', join(root, 'bad_local/s/fine'), 'm');
    writeView(root, 'bad_local/s/broken', view);
    expect((await lakehouse.query('SELECT a FROM bad_local.s.fine')).rows).toEqual([{ a: 1 }]);
    expect(lakehouse.problems().map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
    await expect(lakehouse.query('SELECT * FROM bad_local.s.broken')).rejects.toMatchObject({
      hint: expect.stringContaining(message),
    });
    await expect(lakehouse.describeTable({ catalog: 'bad_local', schema: 's', name: 'broken' })).rejects.toThrow(message);
  });
});
