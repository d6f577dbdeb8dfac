import { isRepeatable } from '../../src/runtime/repeatable';

test.each([
  'SELECT a, upper(b) AS b FROM t WHERE c > 1',
  "SELECT CAST(x AS DECIMAL(10, 2)) AS x, get_json_object(j, '$.a') AS a FROM (SELECT * FROM delta.`/lake/t`)",
  "SELECT a FROM t WHERE note <> 'GROUP BY rand()' -- ORDER BY a",
  'SELECT rank, count FROM t',
])('goes row by row: %s', (query) => {
  expect(isRepeatable(query)).toBe(true);
});

test.each([
  'SELECT a, rand() AS r FROM t',
  'SELECT a, current_timestamp() AS at FROM t',
  'SELECT a, current_timestamp AS at FROM t',
  'SELECT a FROM (SELECT a, uuid() AS id FROM t)',
  'SELECT k, sum(v) AS s FROM t GROUP BY k',
  'SELECT first(a) AS a FROM t',
  'SELECT DISTINCT a FROM t',
  'SELECT a FROM t LIMIT 3',
  'SELECT a, row_number() OVER (PARTITION BY k ORDER BY v) AS n FROM t',
  'SELECT t.a FROM t JOIN u ON t.k = u.k',
  'SELECT a FROM t UNION ALL SELECT a FROM u',
])('may give other rows, or is dear to ask twice: %s', (query) => {
  expect(isRepeatable(query)).toBe(false);
});
