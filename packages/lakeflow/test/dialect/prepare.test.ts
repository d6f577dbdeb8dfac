import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { prepareExpression, prepareQuery, prepareStatement } from '../../src/dialect';
import { withSail } from '../support/sail';

const sail = withSail();
const AT = { file: 'q.sql', line: 1, column: 1 };

const prepare = (text: string) => prepareQuery(sail.engine, { text, location: AT });

async function rowsOf(text: string): Promise<readonly unknown[]> {
  const { rows } = await sail.engine.sql(await prepare(text));
  return rows.map((row) => Object.values(row));
}

async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('expected an error'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof LakewrightError)) throw error;
  const { file, line, column } = error.location ?? { file: '', line: 0, column: 0 };
  return `${file}:${line}:${column}: ${error.code}: ${error.message} (${error.hint})`;
}

describe('a query without anything suspicious', () => {
  test('goes to the engine as it was written, and the engine is asked nothing', async () => {
    const before = sail.engine.statements;
    const text = "SELECT a, upper(b) AS u -- plain\nFROM t WHERE c > 1 AND d LIKE 'x%' ORDER BY a LIMIT 3";
    expect(await prepare(text)).toBe(text);
    expect(sail.engine.statements).toBe(before);
  });

  test('types are asked without running anything', async () => {
    const text = "SELECT x + 1 AS y FROM (SELECT CAST(raise_error('executed') AS BIGINT) AS x)";
    expect(await prepare(text)).toContain('DECIMAL');
  });
});

describe('types are found', () => {
  test.each([
    ['in a common table expression', 'WITH a AS (SELECT 1L AS x), b AS (SELECT x FROM a) SELECT x + 1 AS y FROM b', [2n]],
    ['in a subquery of FROM', 'SELECT s.x * 2 AS y FROM (SELECT 4L AS x) AS s', [8n]],
    [
      'in a correlated subquery',
      'SELECT a.id FROM VALUES (1L), (2L) AS a(id) WHERE EXISTS (SELECT 1 FROM VALUES (5L) AS b(v) WHERE b.v = a.id + 3)',
      [2n],
    ],
    ['of a field of a struct', "SELECT s.a.b + 1 AS y FROM VALUES (named_struct('a', named_struct('b', 1L))) AS t(s)", [2n]],
    ['of the parameters of a lambda', 'SELECT aggregate(xs, 0L, (s, x) -> s + x) AS y FROM VALUES (array(1, 2)) AS t(xs)', [3n]],
    ['of a column of LATERAL VIEW', 'SELECT x + 1 AS y FROM VALUES (array(1L)) AS t(xs) LATERAL VIEW explode(xs) e AS x', [2n]],
    ['of an alias in HAVING', 'SELECT k, sum(x) AS s FROM VALUES (1, 2L) AS t(k, x) GROUP BY k HAVING s + 1 > 2', [1, 2n]],
    [
      'of aggregates',
      'SELECT sum(x) / count(*) AS y FROM VALUES (CAST(1 AS DECIMAL(4, 1))) AS t(x)',
      ['1.0000000000000000000000'],
    ],
    ['of a window function', 'SELECT x - lag(x, 1, 0L) OVER (ORDER BY x) AS y FROM VALUES (5L) AS t(x)', [5n]],
  ])('%s', async (_, text, row) => {
    expect(await prepare(text)).not.toBe(text);
    const [found] = await rowsOf(text);
    expect((found as readonly unknown[]).map(String)).toEqual(row.map(String));
  });
});

describe('a path into JSON ("Query JSON strings", docs.databricks.com)', () => {
  const json = JSON.stringify({
    owner: 'amy',
    Store: { 'a b': 1, fruit: [{ type: 'apple', weight: 8 }, { type: 'pear' }] },
    price: '19.50',
    flag: true,
    nothing: null,
  });
  const of = async (path: string) => (await rowsOf(`SELECT ${path} AS v FROM VALUES (r'${json}') AS t(raw)`))[0];

  test.each([
    ['raw:owner', 'amy'],
    ['raw:OWNER', 'amy'],
    ["raw:['owner']", 'amy'],
    ["raw:['OWNER']", null],
    ['raw:store.fruit[1].type', 'pear'],
    ["raw:Store['a b']", '1'],
    ['raw:Store.`a b`', '1'],
    ['raw:store.`A B`', '1'],
    ["raw:Store['A B']", null],
    ['raw:Store.fruit[5]', null],
    ['raw:missing.deeper', null],
    ['raw:nothing', null],
    ['raw:flag', 'true'],
    ['raw:price::DECIMAL(5, 2)', '19.50'],
    ['raw:price::DOUBLE * 2', 39],
    ["CASE WHEN raw:owner = 'amy' THEN 'x' END", 'x'],
  ])('%s', async (path, value) => {
    expect(await of(path)).toEqual([value]);
  });

  test('the column is called after the last name', async () => {
    const { columns } = await sail.engine.sql(await prepare(`SELECT raw:store.fruit[0].type FROM VALUES ('{}') AS t(raw)`));
    expect(columns.map(({ name }) => name)).toEqual(['type']);
  });

  test('[*] is refused', async () => {
    expect(await errorOf(prepare("SELECT raw:store.fruit[*].type FROM VALUES ('{}') AS t(raw)"))).toMatch(
      /^q\.sql:1:8: LAKEFLOW_ENGINE_WRONG_ANSWER: .*\[\*\].*from_json/,
    );
  });
});

describe('refusals', () => {
  test.each([
    [
      "SELECT\n  a - b AS d\nFROM VALUES (DATE'2024-01-02', DATE'2024-01-01') AS t(a, b)",
      /^q\.sql:2:3: LAKEFLOW_ENGINE_WRONG_ANSWER: .*date - date.*datediff/,
    ],
    ["SELECT to_json(struct(ts)) FROM VALUES (TIMESTAMP'2024-01-01 00:00:00') AS t(ts)", /^q\.sql:1:8: .*to_json of timestamp/],
    ["SELECT substring(b, 2) FROM VALUES (CAST('ab' AS BINARY)) AS t(b)", /substring of binary.*unhex/],
    [
      'SELECT * EXCEPT (nothing) FROM VALUES (1) AS t(a)',
      /LAKEFLOW_SYNTAX: there is no column nothing to leave out \(columns are a\)/,
    ],
    [
      'SELECT b.k FROM VALUES (1) AS a(k) LEFT JOIN VALUES (1) AS b(k) USING (k)',
      /b\.k after an outer JOIN USING.*ON a\.k = b\.k/,
    ],
    ["SELECT posexplode(m) FROM VALUES (map('a', 1)) AS t(m)", /posexplode of a map: it gives no rows/],
    ["SELECT 1 AS a UNION SELECT 'b'", /LAKEFLOW_ENGINE_WRONG_ANSWER: .*text beside int.*CAST one side/],
    ['SELECT timestampdiff(DAY, a, b) FROM t', /timestampdiff/],
    ['SELECT a +', /LAKEFLOW_SYNTAX: expected an expression, found the end of the statement/],
  ])('%s', async (text, message) => {
    expect(await errorOf(prepare(text))).toMatch(message);
  });

  test('what the engine does not know is its own error', async () => {
    await expect(prepare('SELECT a + 1 FROM no_such_table').then((text) => sail.engine.sql(text))).rejects.toMatchObject({
      code: 'ENGINE_SQL',
      message: expect.stringContaining('no_such_table'),
    });
  });
});

test('a column without an alias keeps its name', async () => {
  const { columns } = await sail.engine.sql(await prepare('SELECT sum(x), x + 1 FROM VALUES (1L) AS t(x) GROUP BY x'));
  expect(columns.map(({ name }) => name)).toEqual(['sum(x)', '(x + 1)']);
});

test('a condition is prepared over the rows of a relation', async () => {
  const holds = async (from: string) => {
    const condition = await prepareExpression(sail.engine, { text: 'x + 1 > 0', location: AT }, from);
    return rowsOf(`SELECT ${condition} AS holds FROM ${from}`);
  };
  expect(await holds('(SELECT 9223372036854775806 AS x)')).toEqual([[true]]);
  await expect(holds('(SELECT 9223372036854775807 AS x)')).rejects.toThrow('out of range');
});

describe('a statement', () => {
  test.each(['SHOW TABLES', 'DESCRIBE TABLE t', 'DROP VIEW v', 'CREATE SCHEMA s'])('%s goes as it is', async (text) => {
    expect(await prepareStatement(sail.engine, { text, location: AT })).toBe(text);
  });

  test('the query in it is rewritten', async () => {
    const text = 'CREATE TEMPORARY VIEW v (a) AS SELECT * EXCEPT (b) FROM VALUES (1, 2) AS t(a, b)';
    expect(await prepareStatement(sail.engine, { text, location: AT })).toBe(
      'CREATE TEMPORARY VIEW v (a) AS SELECT t.a FROM VALUES (1, 2) AS t(a, b)',
    );
  });

  test('changing rows is refused', async () => {
    expect(await errorOf(prepareStatement(sail.engine, { text: 'DELETE FROM t WHERE a = 1', location: AT }))).toContain(
      'belong to pipelines',
    );
    expect(await errorOf(prepareStatement(sail.engine, { text: 'SELEC 1', location: AT }))).toContain('did you mean SELECT?');
  });
});

test('what is rewritten can stand in a condition over a Delta table', async () => {
  const folder = join(sail.folder, 'events');
  await sail.engine.appendDelta(
    `SELECT '{"Kind":"sale","a (b)":3}' AS payload, array('x', NULL) AS marks, 7 AS n`,
    folder,
    'one row',
  );
  await sail.engine.sql('CREATE SCHEMA shop');
  await sail.engine.sql('CREATE SCHEMA shop.bronze');
  await sail.engine.sql(`CREATE TABLE shop.bronze.events USING delta LOCATION '${folder}'`);
  const where = "array_contains(marks, 'x') AND payload:kind = 'sale' AND payload:`a (b)`::INT = 3 AND n + 1 > 7 AND n / 2 = 3.5";
  expect(await rowsOf(`SELECT n FROM shop.bronze.events WHERE ${where}`)).toEqual([[7]]);
  expect(await rowsOf("SELECT n FROM shop.bronze.events WHERE array_contains(marks, 'y')")).toEqual([]);
});
