import { UNSUPPORTED_SYNTAX, WRONG_ANSWERS } from '../../src/sql';
import { query, queryRefusal, refusal } from './parsing';

/** By the name of the refusal: SQL that it must catch, and SQL like it that is right. */
const WRONG: Readonly<Record<string, { readonly caught: readonly string[]; readonly fine: readonly string[] }>> = {
  timestampdiff: {
    caught: ['SELECT timestampdiff(DAY, a, b) FROM t'],
    fine: ['SELECT timestampdiff FROM t', "SELECT 'timestampdiff(DAY, a, b)'"],
  },
  'datediff with a unit': {
    caught: ['SELECT datediff(DAY, a, b)', 'SELECT date_diff(hour, a, b)'],
    fine: ['SELECT datediff(a, b)'],
  },
  "split by ''": {
    caught: ["SELECT split(s, '')", 'SELECT split(s, "", 2)'],
    fine: ["SELECT split(s, ',')", "SELECT split('', s)"],
  },
  bround: { caught: ['SELECT bround(x, 1)'], fine: ['SELECT round(x, 1)'] },
  'get_json_object with [*]': {
    caught: ["SELECT get_json_object(j, '$.a[*].b')"],
    fine: ["SELECT get_json_object(j, '$.a[0].b')"],
  },
  'max_by and min_by with three arguments': {
    caught: ['SELECT max_by(x, y, 3) FROM t', 'SELECT min_by(x, f(a, b), n) FROM t'],
    fine: ['SELECT max_by(x, f(a, b)) FROM t'],
  },
  'extract from an interval': {
    caught: [
      "SELECT extract(HOUR FROM INTERVAL '3' DAY)",
      'SELECT extract(HOUR FROM b - a)',
      "SELECT date_part('hour', (b - a))",
      'SELECT extract(DAY FROM make_dt_interval(1))',
    ],
    fine: [
      'SELECT extract(HOUR FROM ts)',
      "SELECT extract(HOUR FROM ts - INTERVAL '1' DAY)",
      "SELECT date_part('hour', ts)",
      'SELECT extract(HOUR FROM f(b - a))',
    ],
  },
  'timestamp_seconds of a fraction': {
    caught: ['SELECT timestamp_seconds(1.5)', 'SELECT timestamp_seconds(ms / 1000)'],
    fine: ['SELECT timestamp_seconds(s)'],
  },
  'listagg with a NULL delimiter': { caught: ['SELECT listagg(x, NULL) FROM t'], fine: ["SELECT listagg(x, ',') FROM t"] },
  'a doubled quote in a string': {
    caught: ["SELECT 'it''s'", 'SELECT "a""b"'],
    fine: ["SELECT 'it\\'s', '', \"it's\", 'a' 'b', r'\\'"],
  },
  'array_contains of NULL': { caught: ['SELECT array_contains(xs, NULL)'], fine: ['SELECT array_contains(xs, 1)'] },
  schema_of_variant: { caught: ['SELECT schema_of_variant(v)'], fine: ['SELECT schema_of_json(j)'] },
  TIME: { caught: ["SELECT hour(TIME'10:00:00')"], fine: ["SELECT time, 'TIME' FROM t"] },
  'a backslash before another character than %, _ and \\ in LIKE': {
    caught: ["SELECT a LIKE 'x\\\\y'"],
    fine: ["SELECT a LIKE '50\\\\%', b LIKE 'x!%' ESCAPE '!', c RLIKE '\\d'"],
  },
  rint: { caught: ['SELECT rint(x)'], fine: ['SELECT round(x)'] },
  'regexp_replace with a backslash in the replacement': {
    caught: ["SELECT regexp_replace(a, 'b', '\\\\$')"],
    fine: ["SELECT regexp_replace(a, '\\d', '[$0]')"],
  },
  'aes_encrypt in mode ECB': {
    caught: ["SELECT aes_encrypt(a, k, 'ECB')", "SELECT aes_decrypt(a, k, 'ecb', 'PKCS')"],
    fine: ["SELECT aes_encrypt(a, k, 'CBC')", 'SELECT aes_encrypt(a, k)'],
  },
  'conv to a negative base': { caught: ['SELECT conv(x, 16, -10)'], fine: ['SELECT conv(-10, 16, 10)'] },
};

const UNSUPPORTED: typeof WRONG = {
  'a named parameter marker (:name)': { caught: ['SELECT * FROM t WHERE x = :y'], fine: ["SELECT ':y'"] },
  UNPIVOT: { caught: ['SELECT * FROM t UNPIVOT (x FOR y IN (a, b))'], fine: ['SELECT unpivot FROM t'] },
  'pipe syntax (|>)': { caught: ['SELECT * FROM t |> WHERE x > 1'], fine: ['SELECT a || b'] },
  'decode with pairs': { caught: ["SELECT decode(x, 1, 'a', 'b')"], fine: ["SELECT decode(b, 'utf-8')"] },
  zip_with: { caught: ['SELECT zip_with(a, b, (x, y) -> x + y)'], fine: ['SELECT arrays_zip(a, b)'] },
  transform_values: { caught: ['SELECT transform_values(m, (k, v) -> v)'], fine: ['SELECT transform(xs, x -> x)'] },
};

const cases = (table: typeof WRONG) =>
  Object.entries(table).flatMap(([name, { caught }]) => caught.map((text) => [name, text] as const));
const fine = (table: typeof WRONG) => Object.values(table).flatMap((entry) => entry.fine.map((text) => [text] as const));

test('every refusal of the tables is tested here', () => {
  expect(Object.keys(WRONG)).toEqual(WRONG_ANSWERS.map(({ name }) => name));
  expect(Object.keys(UNSUPPORTED)).toEqual(UNSUPPORTED_SYNTAX.map(({ name }) => name));
});

test.each(cases(WRONG))('%s is refused: %s', (name, text) => {
  const shown = queryRefusal(text);
  expect(shown).toMatch(/^p\.sql:2:\d+: LAKEFLOW_ENGINE_WRONG_ANSWER: /);
  expect(shown).toContain(name);
  expect(shown).toContain(WRONG_ANSWERS.find((one) => one.name === name)!.alternative);
});

test.each(cases(UNSUPPORTED))('%s is refused: %s', (name, text) => {
  const shown = queryRefusal(text);
  expect(shown).toMatch(/^p\.sql:2:\d+: LAKEFLOW_UNSUPPORTED: /);
  expect(shown).toContain(name);
  expect(shown).toContain(UNSUPPORTED_SYNTAX.find((one) => one.name === name)!.alternative);
});

test.each([...fine(WRONG), ...fine(UNSUPPORTED)])('is let through: %s', (text) => {
  expect(query(text).text).toBe(text);
});

test('the place is where it stands', () => {
  expect(queryRefusal("SELECT\n  a,\n  split(b, '') AS c\nFROM t")).toContain('p.sql:4:3: LAKEFLOW_ENGINE_WRONG_ANSWER');
});

test('expectations and expressions of AUTO CDC are looked at too', () => {
  expect(refusal('CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (bround(a) > 1))')).toContain('LAKEFLOW_ENGINE_WRONG_ANSWER');
  expect(refusal('CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (k) SEQUENCE BY rint(n)')).toContain(
    'LAKEFLOW_ENGINE_WRONG_ANSWER',
  );
});
