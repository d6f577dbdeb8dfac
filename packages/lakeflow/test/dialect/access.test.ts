import { catalogStatement, splitStatements, statementAccess } from '../../src/dialect';

const at = { file: 'q.sql', line: 1, column: 1 };

/** What a statement reads, as written. */
function reads(text: string): readonly string[] {
  return statementAccess({ text, location: at }).reads.map(({ parts }) => parts.join('.'));
}

describe('what a statement reads and writes', () => {
  test.each([
    ['SELECT 1', []],
    ['SELECT * FROM a.b.c', ['a.b.c']],
    ['SELECT * FROM `a`.`b`.`odd name` AS t', ['a.b.odd name']],
    ['WITH t AS (SELECT * FROM a.b.c), u AS (SELECT * FROM t) SELECT * FROM u, T', ['a.b.c']],
    ['WITH t AS (SELECT * FROM t) SELECT * FROM t', ['t']],
    ['WITH t AS (SELECT * FROM u), u AS (SELECT 1) SELECT * FROM t', ['u']],
    ['SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t) JOIN t', ['t']],
    ['SELECT extract(DAY FROM d), trim(BOTH FROM s), s IS DISTINCT FROM t FROM a.b.c', ['a.b.c']],
    ['SELECT t.from, t.table FROM a.b.c AS t', ['a.b.c']],
    ["SELECT * FROM a.b.c WHERE d > DATE'2024-01-01' - INTERVAL'1' DAY", ['a.b.c']],
    ["SELECT 'FROM x.y.z' AS s -- FROM x.y.z\n FROM a.b.c /* , x.y.z */", ['a.b.c']],
    ['SELECT * FROM a.b.c LATERAL VIEW explode(xs) e AS x', ['a.b.c']],
    ['EXPLAIN FORMATTED SELECT * FROM a.b.c', ['a.b.c']],
    ['DESCRIBE TABLE EXTENDED a.b.c', ['a.b.c']],
  ])('%s', (text, tables) => {
    expect(reads(text)).toEqual(tables);
  });

  test('rows that go somewhere, and views that are made', () => {
    const insert = statementAccess({ text: 'INSERT INTO TABLE a.b.c (x, y) /* in */ SELECT * FROM d.e.f', location: at });
    expect(insert).toMatchObject({ kind: 'insert', into: { parts: ['a', 'b', 'c'] }, reads: [{ parts: ['d', 'e', 'f'] }] });
    expect(insert.head).toBe('INSERT INTO TABLE a.b.c (x, y)          ');
    const view = statementAccess({ text: 'CREATE OR REPLACE TEMP VIEW V (x) AS (SELECT 1)', location: at });
    expect(view).toMatchObject({ kind: 'temporary view', creates: 'v', reads: [] });
  });

  test('a range says where in the query a name stands', () => {
    const {
      query,
      reads: [read],
    } = statementAccess({ text: 'EXPLAIN SELECT 1 FROM /* here */ a . b.c', location: at });
    expect(query!.text.slice(...(read!.range as [number, number]))).toBe('a . b.c');
  });
});

/** Places of a query where another can stand. */
const SHAPES = [
  'SELECT * FROM (#) AS q',
  'SELECT (#) AS s',
  'SELECT * FROM ok.ok.ok WHERE id IN (#)',
  'SELECT * FROM ok.ok.ok WHERE NOT EXISTS (#) OR (a, b) NOT IN (#)',
  'SELECT * FROM ok.ok.ok AS o LEFT JOIN (#) AS q ON o.id = q.id AND EXISTS (#)',
  'WITH q AS (#), r AS (SELECT * FROM q) SELECT * FROM r',
  'SELECT CASE WHEN x > (#) THEN (#) ELSE coalesce((#), 1) END FROM ok.ok.ok',
  'SELECT sum(x) OVER (PARTITION BY (#) ORDER BY (#)) FROM ok.ok.ok',
  'SELECT max(x) FILTER (WHERE x < (#)) FROM ok.ok.ok GROUP BY y HAVING count(*) > (#)',
  'SELECT x FROM ok.ok.ok ORDER BY (#) LIMIT 5',
  'SELECT x FROM ok.ok.ok UNION ALL (#) EXCEPT SELECT x FROM (#)',
  'SELECT transform(xs, x -> x + (#)) FROM ok.ok.ok LATERAL VIEW explode(array((#))) e AS y',
  'SELECT * FROM VALUES ((#)), (2) AS t(a)',
  'SELECT x BETWEEN (#) AND (#), -(#), CAST((#) AS STRING)::INT, xs[(#)] FROM ok.ok.ok QUALIFY row_number() OVER (ORDER BY x) = (#)',
  'SELECT * FROM ok.ok.ok, LATERAL (#) AS l',
  'SELECT * FROM (SELECT * FROM ok.ok.ok) PIVOT (max((#)) FOR k IN (1, 2))',
];

test('every table of random queries is found, however deep it stands', () => {
  let state = 7;
  const pick = (count: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % count;
  };
  const build = (depth: number, planted: string[]): string => {
    if (depth === 0) {
      planted.push(`c.s.t${planted.length}`);
      return [
        `SELECT id FROM ${planted.at(-1)}`,
        `TABLE ${planted.at(-1)}`,
        `SELECT 1 FROM ok.ok.ok JOIN ${planted.at(-1)} USING (id)`,
      ][pick(3)]!;
    }
    return SHAPES[pick(SHAPES.length)]!.replaceAll('#', () => build(pick(2) === 0 ? 0 : depth - 1, planted));
  };
  for (let round = 0; round < 400; round++) {
    const planted: string[] = [];
    const text = build(3, planted);
    const found = reads(text);
    expect({ text, missed: planted.filter((table) => !found.includes(table)) }).toEqual({ text, missed: [] });
  }
});

describe('refused, because what it reads cannot be told', () => {
  test.each([
    'SELECT * FROM delta.`/tmp/x`',
    'SELECT * FROM a.b.`s3://x`',
    "SELECT * FROM read_files('/x')",
    "SELECT * FROM IDENTIFIER('a.b.c')",
    'SELECT * FROM a.b.f(1)',
    'SELECT a.b.f(1)',
    'SELECT * FROM a.b.c TABLESAMPLE ((SELECT 1) ROWS)',
    'SELECT sum(x) OVER (ROWS BETWEEN (SELECT 1) PRECEDING AND CURRENT ROW) FROM a.b.c',
    "SELECT r'\\'",
    'SELECT session_user()',
    'DROP TABLE a.b.c',
    'CREATE TABLE a.b.c AS SELECT 1',
    'CREATE TEMPORARY VIEW a.b AS SELECT 1',
    'SET x = 1',
  ])('%s', (text) => {
    expect(() => reads(text)).toThrow(expect.objectContaining({ code: 'LAKEFLOW_UNSUPPORTED', location: expect.anything() }));
  });
});

describe('statements about the catalog', () => {
  test.each([
    ['SHOW CATALOGS', { kind: 'list', what: 'catalogs', inside: [] }],
    ["SHOW SCHEMAS IN shop LIKE 'g*'", { kind: 'list', what: 'schemas', inside: ['shop'], like: 'g*' }],
    ['SHOW DATABASES FROM shop', { kind: 'list', what: 'schemas', inside: ['shop'] }],
    ["SHOW TABLES IN `shop`.gold 'a|b'", { kind: 'list', what: 'tables', inside: ['shop', 'gold'], like: 'a|b' }],
    ['SHOW VOLUMES IN shop.gold', { kind: 'list', what: 'volumes', inside: ['shop', 'gold'] }],
    ['SHOW GRANTS ON SCHEMA shop.gold', { kind: 'grants', on: 'SCHEMA', name: ['shop', 'gold'] }],
    [
      'SHOW GRANTS `a b` ON EXTERNAL LOCATION lake',
      { kind: 'grants', principal: 'a b', on: 'EXTERNAL LOCATION', name: ['lake'] },
    ],
    ['SHOW GRANT ON shop.gold.sales', { kind: 'grants', on: 'TABLE', name: ['shop', 'gold', 'sales'] }],
    ['SHOW GRANTS ON METASTORE', { kind: 'grants', on: 'METASTORE', name: [] }],
    ['GRANT SELECT ON TABLE a.b.c TO d', { kind: 'change grants', verb: 'GRANT' }],
    ['REVOKE SELECT ON TABLE a.b.c FROM d', { kind: 'change grants', verb: 'REVOKE' }],
    ['SHOW FUNCTIONS', undefined],
    ['SELECT 1', undefined],
  ])('%s', (text, expected) => {
    expect(catalogStatement(splitStatements(text, 'q.sql')[0]!)).toEqual(expected);
  });

  test('a list without its place says how to write it', () => {
    expect(() => catalogStatement({ text: 'SHOW TABLES', location: at })).toThrow(
      expect.objectContaining({ code: 'LAKEFLOW_UNSUPPORTED', hint: 'write SHOW TABLES IN <catalog>.<schema>' }),
    );
  });
});
