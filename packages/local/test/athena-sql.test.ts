import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonExecutable } from '@lakewright/config';
import { ensureServices, queryAthena, readDeployment, reconcile } from '../src';
import { athenaResources } from './support/athena';
import { type TestHome, testHome } from './support/home';
import { stateOf } from './support/state';

/**
 * What Trino answers, by its documentation ("Functions and operators", the page is named) or its rules of types, above all where
 * DuckDB by itself would answer otherwise. Values are as `queryAthena` gives them.
 */
const ANSWERS: readonly (readonly [expression: string, ...answers: readonly unknown[]])[] = [
  // Mathematical functions and operators; decimals.
  ['7 / 2, -7 / 2, 7 / -2, 7 % -3, -7 % 3', 3n, -3n, -3n, 1n, -1n],
  ['1.0 / 3, 10.00 / 4, -1.00 / 8, 1 / 3.0', '0.3', '2.50', '-0.13', '0.3'],
  ['1.50 + 1, 1.50 * 2.0, 0.1 + 0.2', '2.50', '3.000', '0.3'],
  ['1e0 / 3, 1e0 / 0, 0e0 / 0', 1 / 3, 'Infinity', 'NaN'],
  ['0e0 / 0 = 0e0 / 0, 0e0 / 0 <> 1e0, 0e0 / 0 > 1e0', false, true, false],
  ['round(2.5), round(-2.5), round(1.255, 2), round(2.5e0), round(1.005e0, 1)', '3', '-3', '1.260', 3, 1],
  ['ceil(-0.5), floor(-0.5), ceiling(1.1e0), abs(-3), mod(7, 3)', '0', '-1', 2, 3n, 1n],
  ['power(2, 3), sqrt(2.25e0), 12345678901234567890.5 = 12345678901234567890.5', 8, 1.5, true],
  ['greatest(1, NULL), least(2, 1.5), coalesce(NULL, 2), nullif(1, 1.0)', null, '1.5', 2n, null],
  // String functions.
  ["substr('abcde', 2), substr('abcde', -2), substr('abcde', -9), substr('abcde', 0)", 'bcde', 'de', '', ''],
  ["substr('abcde', 2, 3), substr('abcde', -3, 2), substring('abcde' FROM 2 FOR 1)", 'bcd', 'cd', 'b'],
  ["concat('a', NULL), 'a' || NULL, 'a' || 'b', concat('a', 'b', 'c')", null, null, 'ab', 'abc'],
  ["split_part('a,b', ',', 2), split_part('a,b', ',', 3), split_part('a', ',', 1)", 'b', null, 'a'],
  ["length('äß'), upper('straße'), lower('ÄB'), trim(' a\t'), strpos('high', 'ig')", 2n, 'STRAßE', 'äb', 'a', 2n],
  ["lpad('a', 3, 'xy'), rpad('abc', 2, 'x'), replace('aXbX', 'X'), position('b' IN 'abc')", 'xya', 'ab', 'ab', 2n],
  ["'a_c' LIKE 'a!_c' ESCAPE '!', 'abc' LIKE 'a!_c' ESCAPE '!', 'a\\b' LIKE 'a\\b'", true, false, true],
  ["'a' < 'B', 'Z' < 'a', starts_with('abc', 'ab')", false, true, true],
  // Regular expression functions: regexp_like.
  ["regexp_like('1a 2b 14m', '[0-9]+b'), regexp_like('ab', '^b'), regexp_like('ab', 'b$')", true, false, true],
  // Date and time functions and operators, with the examples of date_diff, date_add, date_trunc and the intervals.
  ["date_diff('second', TIMESTAMP '2020-03-01 00:00:00', TIMESTAMP '2020-03-02 00:00:00')", 86400n],
  ["date_diff('hour', TIMESTAMP '2020-03-01 00:59:00', TIMESTAMP '2020-03-01 01:01:00')", 0n],
  ["date_diff('day', DATE '2020-03-01', DATE '2020-03-02')", 1n],
  ["date_diff('month', DATE '2020-01-31', DATE '2020-03-01'), date_diff('year', DATE '2020-12-31', DATE '2021-01-01')", 1n, 0n],
  ["date_add('second', 86400, TIMESTAMP '2020-03-01 00:00:00')", '2020-03-02 00:00:00.000'],
  [
    "date_add('day', -1, TIMESTAMP '2020-03-01 00:00:00'), date_add('month', 1, DATE '2020-01-31')",
    '2020-02-29 00:00:00.000',
    '2020-02-29',
  ],
  [
    "date_trunc('week', TIMESTAMP '2001-08-22 03:04:05.321'), date_trunc('quarter', DATE '2001-08-22')",
    '2001-08-20 00:00:00.000',
    '2001-07-01',
  ],
  [
    "date '2012-08-08' + interval '2' day, timestamp '2012-10-31 01:00' + interval '1' month",
    '2012-08-10',
    '2012-11-30 01:00:00.000',
  ],
  [
    "day_of_week(DATE '2020-03-01'), week(DATE '2020-03-01'), day_of_year(DATE '2020-03-01'), extract(YEAR FROM DATE '2020-03-01')",
    7n,
    9n,
    61n,
    2020n,
  ],
  ["date_format(TIMESTAMP '2020-01-02 03:04:05', '%Y-%m-%d %H:%i:%s')", '2020-01-02 03:04:05'],
  ["TIMESTAMP '2020-01-01 00:00:00' = DATE '2020-01-01'", true],
  // Conversion functions.
  ["CAST(2.5e0 AS integer), CAST(-2.5e0 AS bigint), CAST(2.5 AS integer), CAST('12' AS integer)", 3n, -3n, 3n, 12n],
  ["TRY_CAST('1.5' AS integer), TRY_CAST('x' AS bigint), CAST('abcdef' AS varchar(3))", null, null, 'abc'],
  [
    "CAST(1.50 AS varchar), CAST(TIMESTAMP '2020-01-01 00:00:00' AS varchar), CAST(true AS varchar)",
    '1.50',
    '2020-01-01 00:00:00.000',
    'true',
  ],
  ["CAST(1.255 AS decimal(10,2)), CAST('1.5' AS double), date('2020-01-02')", '1.26', 1.5, '2020-01-02'],
  // JSON functions: json_extract_scalar.
  ["json_extract_scalar('[1, 2, 3]', '$[2]'), json_extract_scalar('{\"a\": {\"b\": \"x\"}}', '$.a.b')", '3', 'x'],
  [
    "json_extract_scalar('{\"a\": {}}', '$.a'), json_extract_scalar('nonsense', '$.a'), json_extract_scalar('{\"a\": null}', '$.a')",
    null,
    null,
    null,
  ],
  // Conditional expressions, comparison and logical operators.
  ["if(1 > 2, 'a'), CASE WHEN NULL THEN 1 ELSE 2 END, NULL IS DISTINCT FROM 1, 1 NOT IN (2, NULL)", null, 2n, true, null],
  ['2 BETWEEN 1 AND 3, NOT true OR NULL, NULL AND false', true, null, false],
];

const ROWS = "(VALUES ('a', 1, 1.50), ('a', 2, 2.25), ('b', 3, NULL), (NULL, NULL, 4.00)) AS t (k, n, d)";

/** Whole queries, with their rows. */
const QUERIES: readonly (readonly [query: string, rows: readonly (readonly unknown[])[]])[] = [
  // SELECT: NULLs are last in either direction unless the query says otherwise.
  [`SELECT n FROM ${ROWS} ORDER BY n`, [[1n], [2n], [3n], [null]]],
  [`SELECT n FROM ${ROWS} ORDER BY n DESC`, [[3n], [2n], [1n], [null]]],
  [`SELECT n FROM ${ROWS} ORDER BY n DESC NULLS FIRST LIMIT 1`, [[null]]],
  [`SELECT n FROM ${ROWS} ORDER BY 1 OFFSET 1 LIMIT 1`, [[2n]]],
  // Aggregate functions: an average of decimals keeps their type.
  [
    `SELECT count(*), count(n), count(DISTINCT k), sum(n), avg(n), sum(d), avg(d), max(k) FROM ${ROWS}`,
    [[4n, 3n, 2n, 6n, 2, '7.75', '2.58', 'b']],
  ],
  [
    `SELECT count_if(n > 1), bool_or(n > 2), every(n > 0), approx_distinct(k), sum(n) FILTER (WHERE k = 'a') FROM ${ROWS}`,
    [[2n, true, true, 2n, 3n]],
  ],
  ['SELECT sum(x), avg(x), min(x) FROM (SELECT 1 AS x WHERE false) AS t', [[null, null, null]]],
  // Window functions.
  [
    `SELECT n, lag(n) OVER (ORDER BY n), rank() OVER (ORDER BY k DESC), sum(n) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) FROM ${ROWS} ORDER BY n`,
    [
      [1n, null, 2n, 1n],
      [2n, 1n, 2n, 3n],
      [3n, 2n, 1n, 6n],
      [null, 3n, 4n, 6n],
    ],
  ],
  // Set operations take the common type, joins with USING one column of the name.
  ['SELECT 1 AS x UNION SELECT 1.5 UNION ALL SELECT NULL ORDER BY x', [['1.0'], ['1.5'], [null]]],
  ['SELECT x FROM (VALUES 1, 2, 2) AS a (x) EXCEPT SELECT 1', [[2n]]],
  [
    'SELECT * FROM (VALUES (1, 2)) AS a (x, y) FULL JOIN (VALUES (3, 4)) AS b (x, z) USING (x) ORDER BY x',
    [
      [1n, 2n, null],
      [3n, null, 4n],
    ],
  ],
  [
    'SELECT a.x, b.x FROM (VALUES 1, 2) AS a (x) LEFT JOIN (VALUES 2) AS b (x) ON a.x = b.x ORDER BY a.x',
    [
      [1n, null],
      [2n, 2n],
    ],
  ],
  // A name in ORDER BY is first that of a column of the result.
  ['SELECT -x AS x FROM (VALUES 1, 2) AS t (x) ORDER BY x', [[-2n], [-1n]]],
  [
    'WITH t AS (SELECT 1 AS x), u AS (SELECT x + 1 AS y FROM t) SELECT y, (SELECT max(x) FROM t) FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.x < u.y)',
    [[2n, 1n]],
  ],
];

const REFUSED: readonly (readonly [expression: string, reason: RegExp])[] = [
  ["'1' = 1", /TYPE_MISMATCH: line 1:8: .*varchar and integer/],
  ["DATE '2020-01-01' = '2020-01-01'", /TYPE_MISMATCH/],
  ["'a' || 1", /TYPE_MISMATCH/],
  ['1 / 0', /DIVISION_BY_ZERO/],
  ['1 % 0', /DIVISION_BY_ZERO/],
  ['1.0 / 0', /DIVISION_BY_ZERO/],
  ['9223372036854775807 + 1', /NUMERIC_VALUE_OUT_OF_RANGE/],
  ['2147483647 + 1', /NUMERIC_VALUE_OUT_OF_RANGE/],
  ["CAST('x' AS integer)", /INVALID_CAST_ARGUMENT/],
  ["CAST(' 1' AS integer)", /INVALID_CAST_ARGUMENT/],
  ["TRY_CAST('2020-1-5' AS date)", /is no date that can be read here/],
  ['nvl(1, 2)', /NOT_SUPPORTED: line 1:8: the function nvl/],
  ['list_sum(1)', /the function list_sum/],
  ['rand()', /the function rand/],
  ["regexp_like('x', '\\d')", /the pattern/],
  ["split_part('a', ',', 0)", /INVALID_FUNCTION_ARGUMENT/],
  ["json_extract_scalar('{\"a\": 1.10}', '$.a')", /NOT_SUPPORTED: json_extract_scalar/],
  ["date_diff('fortnight', DATE '2020-01-01', DATE '2020-01-02')", /is none of/],
  ['CAST(1e0 AS varchar)', /cannot be run here/],
  ['1::integer', /MALFORMED_QUERY: line 1:9: '::' is not of Athena/],
  ['1 == 1', /MALFORMED_QUERY: .*'=='/],
  ['1,', /MALFORMED_QUERY: .*nothing follows/],
  ['max_by(1, 2)', /max_by/],
  ['ARRAY[1]', /ARRAY/],
  ['row_number()', /window function/],
  ['(SELECT x FROM (VALUES 1, 2) AS t (x))', /[Mm]ore than one row/],
];

describe('SQL of Athena', () => {
  let home: TestHome;

  beforeAll(async () => {
    home = await testHome();
    await ensureServices(home, { services: ['ministack'] });
    const resources = athenaResources().filter(([type]) => type === 'aws_athena_workgroup');
    await reconcile(home, readDeployment(home, [stateOf('test', home.paths.home, resources)]));
    await bucket();
  });
  afterAll(() => home.dispose());

  async function bucket(): Promise<void> {
    const endpoint = `http://127.0.0.1:${home.ports.aws}`;
    expect((await fetch(`${endpoint}/results`, { method: 'PUT' })).ok).toBe(true);
  }

  async function values(sql: string): Promise<unknown[][]> {
    const { columns, rows } = await queryAthena(home, sql, { workgroup: 'analysts' });
    return rows.map((row) => columns.map(({ name }) => row[name]));
  }

  test.each(ANSWERS.map(([expression, ...answers]) => ({ expression, answers })))('$expression', async ({
    expression,
    answers,
  }) => {
    expect(await values(`SELECT ${expression}`)).toEqual([answers]);
  });

  test.each(QUERIES)('%s', async (query, rows) => {
    expect(await values(query)).toEqual(rows);
  });

  test.each(REFUSED)('refused: %s', async (expression, reason) => {
    await expect(values(`SELECT ${expression}`)).rejects.toThrow(reason);
  });

  test('the page lists every function that can be used, and no other', () => {
    const program = [
      'from lakewright_athena.aggregates import AGGREGATES, WINDOW_ONLY',
      'from lakewright_athena.scalars import SCALARS',
      'print(*sorted([*SCALARS, *AGGREGATES, *WINDOW_ONLY]))',
    ];
    const folder = join(home.root, 'packages/local/src/services/athena');
    const known = execFileSync(pythonExecutable(home.root), ['-c', program.join('\n')], { cwd: folder, encoding: 'utf8' });
    const page = readFileSync(join(home.root, 'docs/reference/athena.md'), 'utf8');
    const listed = [.../## Functions\n([\s\S]*?)\n## /.exec(page)![1]!.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
    expect(listed.sort()).toEqual(known.trim().split(' '));
  });
});
