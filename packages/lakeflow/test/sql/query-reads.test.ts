import { type QueryRead, rewriteReads } from '../../src/sql';
import { query, queryRefusal } from './parsing';

/** What a query reads, as written in its text: streams marked with a star. */
function reads(text: string): readonly string[] {
  const found = query(text);
  return found.reads.map(({ range: [start, end], streaming }) => (streaming ? '*' : '') + found.text.slice(start, end));
}

describe('tables are found in', () => {
  test.each<[what: string, text: string, expected: readonly string[]]>([
    ['FROM, with and without alias', 'SELECT * FROM a, b x, c AS y, s.d, `c`.`s p`.e z', ['a', 'b', 'c', 's.d', '`c`.`s p`.e']],
    [
      'joins',
      'SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c y USING (x, z) CROSS JOIN d NATURAL JOIN e LEFT ANTI JOIN f ON true',
      ['a', 'b', 'c', 'd', 'e', 'f'],
    ],
    ['a comma after a join condition', 'SELECT * FROM a JOIN b ON a.x = b.x AND left(a.y, 2) = b.y, c', ['a', 'b', 'c']],
    [
      'parenthesised joins',
      'SELECT * FROM (a JOIN b ON a.x = b.x) LEFT JOIN (c CROSS JOIN d) ON a.x = c.x',
      ['a', 'b', 'c', 'd'],
    ],
    ['parentheses that begin with a subquery', 'SELECT * FROM ((SELECT * FROM a) x JOIN b ON x.k = b.k)', ['a', 'b']],
    ['parentheses around a query', 'SELECT * FROM ((SELECT * FROM a) UNION ALL (SELECT * FROM b)) x', ['a', 'b']],
    ['subqueries in FROM', 'SELECT * FROM (SELECT * FROM (SELECT * FROM a) x JOIN b USING (k)) AS y (p, q)', ['a', 'b']],
    [
      'subqueries in the select list',
      'SELECT (SELECT max(x) FROM a), coalesce((SELECT 1 FROM b), (SELECT 2 FROM c)) FROM d',
      ['a', 'b', 'c', 'd'],
    ],
    [
      'subqueries in conditions',
      'SELECT 1 FROM a WHERE x IN (SELECT x FROM b) AND EXISTS (SELECT 1 FROM c WHERE c.x = a.x) HAVING (SELECT 1 FROM d) > 0',
      ['a', 'b', 'c', 'd'],
    ],
    ['a parenthesised subquery that goes on as an expression', 'SELECT ((SELECT max(x) FROM a) + 1) * 2 FROM b', ['a', 'b']],
    ['set operations in an expression', 'SELECT x IN ((SELECT x FROM a) UNION SELECT x FROM b) FROM c', ['a', 'b', 'c']],
    [
      'set operations',
      'SELECT * FROM a UNION ALL SELECT * FROM b EXCEPT (SELECT * FROM c) INTERSECT TABLE d ORDER BY 1 LIMIT 2',
      ['a', 'b', 'c', 'd'],
    ],
    ['brackets of an array', 'SELECT a[(SELECT x FROM b)] FROM c', ['b', 'c']],
    ['LATERAL subqueries', 'SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x) y', ['a', 'b']],
    [
      'relations after a LATERAL VIEW',
      'SELECT * FROM a LATERAL VIEW explode(xs) t AS x LATERAL VIEW OUTER posexplode(ys) AS p, y WHERE x IN (SELECT x FROM b)',
      ['a', 'b'],
    ],
    ['VALUES beside tables', "SELECT * FROM VALUES (1, 'a'), (2, 'b') AS v(x, y), a", ['a']],
  ])('%s', (_, text, expected) => {
    expect(reads(text)).toEqual(expected);
  });
});

describe('no table is', () => {
  test.each<[what: string, text: string, expected: readonly string[]]>([
    [
      'FROM of a function',
      "SELECT extract(YEAR FROM x), trim(BOTH ' ' FROM y), substring(z FROM 2), overlay(q PLACING 'a' FROM 1) FROM t",
      ['t'],
    ],
    ['IS DISTINCT FROM', 'SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM c FROM t WHERE a IS DISTINCT FROM d', ['t']],
    [
      "a column or alias of a keyword's name",
      'SELECT t.from, t.where AS order, x AS from, offset, limit FROM t ORDER BY t.join',
      ['t'],
    ],
    ['a table function', "SELECT * FROM range(1, 10) r, explode(array(1)) AS e(x), json_tuple('{}', 'a')", []],
    ['an argument of a table function', 'SELECT * FROM range((SELECT max(x) FROM a))', ['a']],
    ['what stands in a string or comment', 'SELECT \'FROM a\', "FROM b" /* FROM c */ FROM t -- FROM d', ['t']],
    ['a window', 'SELECT sum(x) OVER w FROM t WINDOW w AS (PARTITION BY y ORDER BY z)', ['t']],
    ["a window function's frame", 'SELECT sum(x) OVER (ORDER BY y ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t', ['t']],
    ['a time window', "SELECT window(ts, '1 hour') AS w, count(*) FROM t GROUP BY window(ts, '1 hour')", ['t']],
    ['a query without FROM', 'SELECT 1 AS a WHERE true', []],
  ])('%s', (_, text, expected) => {
    expect(reads(text)).toEqual(expected);
  });
});

describe('common table expressions', () => {
  test.each<[what: string, text: string, expected: readonly string[]]>([
    [
      'are no tables',
      'WITH x AS (SELECT * FROM a), y (p, q) AS (SELECT * FROM x JOIN b USING (k)) SELECT * FROM x, y, c',
      ['a', 'b', 'c'],
    ],
    ['compare without case, quoted or not', 'WITH x AS (SELECT 1) SELECT * FROM X, `x`', []],
    ['shadow no name of more parts', 'WITH x AS (SELECT 1) SELECT * FROM s.x', ['s.x']],
    ['may have the name of the table they read', 'WITH t AS (SELECT * FROM t) SELECT * FROM t', ['t']],
    ['are not in sight before they are defined', 'WITH x AS (SELECT * FROM y), y AS (SELECT 1) SELECT * FROM x', ['y']],
    ['end with their subquery', 'SELECT * FROM (WITH x AS (SELECT * FROM a) SELECT * FROM x) JOIN x USING (k)', ['a', 'x']],
    [
      'are in sight in subqueries',
      'WITH x AS (SELECT 1) SELECT (SELECT max(p) FROM x), (WITH y AS (SELECT * FROM x) SELECT 1 FROM y) FROM b WHERE p IN (SELECT p FROM x)',
      ['b'],
    ],
    ['hold for every side of a set operation', 'WITH x AS (SELECT 1) SELECT * FROM x UNION ALL SELECT * FROM x', []],
  ])('%s', (_, text, expected) => {
    expect(reads(text)).toEqual(expected);
  });
});

describe('streams', () => {
  test.each<[text: string, expected: readonly string[]]>([
    ['SELECT * FROM STREAM(a)', ['*STREAM(a)']],
    ['SELECT * FROM STREAM a', ['*STREAM a']],
    ['SELECT * FROM stream ( s.a ) AS x JOIN b USING (k)', ['*stream ( s.a )', 'b']],
    ['SELECT * FROM STREAM s.a WHERE x > 0', ['*STREAM s.a']],
    ["SELECT * FROM STREAM read_files('p') x", ["*STREAM read_files('p')"]],
    ["SELECT * FROM STREAM(read_files('p'))", ["*STREAM(read_files('p'))"]],
    ['SELECT * FROM a UNION ALL SELECT stream FROM stream', ['a', 'stream']],
    ['SELECT * FROM STREAM(a) x UNION ALL SELECT * FROM STREAM(b)', ['*STREAM(a)', '*STREAM(b)']],
    [
      'SELECT * FROM STREAM(a) x LEFT JOIN (SELECT k, max(v) AS v FROM b GROUP BY k ORDER BY k LIMIT 9) USING (k)',
      ['*STREAM(a)', 'b'],
    ],
    ['WITH x AS (SELECT * FROM STREAM(a)) SELECT * FROM x WHERE k NOT IN (SELECT DISTINCT k FROM b)', ['*STREAM(a)', 'b']],
  ])('%s', (text, expected) => {
    expect(reads(text)).toEqual(expected);
  });

  test.each([
    ['SELECT count(*) FROM STREAM(a)', '2:8', 'the aggregate count over a stream'],
    ['SELECT k FROM STREAM(a) GROUP BY k', '2:25', 'GROUP BY over a stream'],
    ['SELECT DISTINCT k FROM STREAM(a)', '2:8', 'SELECT DISTINCT over a stream'],
    ['SELECT row_number() OVER (ORDER BY k) FROM STREAM(a)', '2:21', 'a window function over a stream'],
    ['SELECT * FROM STREAM(a) ORDER BY k', '2:25', 'ORDER BY over a stream'],
    ['SELECT * FROM STREAM(a) LIMIT 1', '2:25', 'LIMIT over a stream'],
    ['WITH x AS (SELECT * FROM STREAM(a)) SELECT max(k) FROM x', '2:44', 'the aggregate max over a stream'],
    ['SELECT sum(k) FROM (SELECT * FROM STREAM(a))', '2:8', 'the aggregate sum over a stream'],
    ['SELECT * FROM STREAM(a) JOIN STREAM(b) USING (k)', '2:25', 'joining two streams'],
    ['SELECT * FROM STREAM(a), STREAM(b)', '2:24', 'joining two streams'],
    ['WITH x AS (SELECT * FROM STREAM(a)) SELECT * FROM x JOIN x y USING (k)', '2:53', 'joining two streams'],
    ['SELECT * FROM b LEFT JOIN STREAM(a) USING (k)', '2:17', 'LEFT JOIN must keep the rows of the stream'],
    ['SELECT * FROM STREAM(a) FULL OUTER JOIN b USING (k)', '2:25', 'FULL OUTER JOIN must keep'],
    ['SELECT * FROM b SEMI JOIN STREAM(a) USING (k)', '2:17', 'SEMI JOIN must keep'],
    ['SELECT * FROM STREAM(a) UNION SELECT * FROM STREAM(b)', '2:25', 'UNION over a stream'],
    ['SELECT * FROM STREAM(a) UNION ALL SELECT * FROM b', '2:25', 'every update would add the table again'],
    ['SELECT * FROM b WHERE k IN (SELECT k FROM STREAM(a))', '2:28', 'a stream in a subquery'],
  ])('what would need the rows of earlier updates is refused: %s', (text, place, message) => {
    const shown = queryRefusal(text);
    expect(shown).toContain(`p.sql:${place}: LAKEFLOW_UNSUPPORTED: `);
    expect(shown).toContain(message);
    expect(shown).toContain('hint: ');
  });
});

describe('files', () => {
  test('path and options are values', () => {
    const [read] = query(
      "SELECT * FROM read_files('s3://b/' '*.json', format => 'json', schemaHints => \"a INT\", maxFilesPerTrigger => 10, inferColumnTypes => TRUE, x => -1)",
    ).reads;
    expect(read).toMatchObject({
      kind: 'files',
      path: 's3://b/*.json',
      options: { format: 'json', schemahints: 'a INT', maxfilespertrigger: '10', infercolumntypes: 'TRUE', x: '-1' },
      streaming: false,
      location: { line: 1, column: 56 },
    });
  });

  test.each([
    ["SELECT * FROM read_files(concat('a', 'b'))", '2:26', 'expected the path of the files (a literal)'],
    ["SELECT * FROM read_files('a', format = 'json')", '2:38', 'expected "=>"'],
    ["SELECT * FROM read_files('a', format => lower('JSON'))", '2:41', 'expected the value of format (a literal)'],
    ["SELECT * FROM read_files('a', format => 'json', FORMAT => 'csv')", '2:49', 'the option FORMAT is given twice'],
    ['SELECT * FROM read_files()', '2:26', 'expected the path'],
    ['SELECT * FROM STREAM(range(3))', '2:15', 'STREAM cannot read range(...)'],
    ['SELECT * FROM STREAM(a b)', '2:24', 'after what STREAM reads'],
    ['WITH x AS (SELECT 1) SELECT * FROM STREAM(x)', '2:43', 'x is a common table expression'],
  ])('wrong: %s', (text, place, message) => {
    const shown = queryRefusal(text);
    expect(shown).toContain(`p.sql:${place}: LAKEFLOW_SYNTAX: `);
    expect(shown).toContain(message);
  });

  test.each([
    ["SELECT * FROM cloud_files('a', 'json')", 'STREAM read_files'],
    ["SELECT * FROM STREAM read_kafka(bootstrapServers => 'b')", 'land the topic as files'],
    ['SELECT * FROM json.`/a/b`', "read_files('/a/b', format => 'json')"],
    ['SELECT * FROM a VERSION AS OF 3', 'time travel'],
    ["SELECT * FROM a TIMESTAMP AS OF '2024-01-01'", 'time travel'],
    ['SELECT * FROM a TABLESAMPLE (10 PERCENT)', 'hash of the key'],
    ['SELECT * FROM STREAM a WITH (skipChangeCommits = true)', 'appended to'],
    ['WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x', 'joins'],
    ['FROM a SELECT *', 'SELECT ... FROM'],
    ['SELECT s.t.x FROM s.t', 'write t.column'],
    ['SELECT 1 AS a UNION BY NAME SELECT 2 AS a', 'same order'],
  ])('not supported: %s', (text, hint) => {
    const shown = queryRefusal(text);
    expect(shown).toContain('LAKEFLOW_UNSUPPORTED: ');
    expect(shown.split('hint: ')[1]).toContain(hint);
  });
});

describe('wrong', () => {
  test.each([
    ['SELECT FROM t', '2:8', 'expected something to select'],
    ['SELECT * FROM', '2:14', 'expected a table'],
    ['SELECT * FROM t WHERE x IN (SELECT 1', '2:28', '"(" is not closed'],
    ['SELECT a FRM t', '2:10', 'did you mean FROM?'],
    ["SELECT * FROM t WHERE a = 'x' GRUOP BY b", '2:31', 'did you mean GROUP?'],
    ['SELECT * FROM a b c', '2:19', 'expected the end of the query'],
    ['WITH x (SELECT 1) SELECT 1', '2:16', 'expected ")"'],
    ['SELECT 1 + SELECT 2', '2:12', 'put the subquery in parentheses'],
  ])('%s', (text, place, message) => {
    const shown = queryRefusal(text);
    expect(shown).toContain(`p.sql:${place}: LAKEFLOW_SYNTAX: `);
    expect(shown).toContain(message);
  });
});

describe('rewriteReads', () => {
  const rewrite = (text: string, name: (read: QueryRead, index: number) => string = (_, index) => `v${index}`) => {
    let index = 0;
    return rewriteReads(query(text), (read) => name(read, index++));
  };

  test('puts a view in the place of each read and keeps the names by which columns are qualified', () => {
    expect(rewrite('SELECT t.a, u.b FROM STREAM(s.t) JOIN c.s.u u ON t.k = u.k WHERE a IN (SELECT a FROM `my w`)')).toBe(
      'SELECT t.a, u.b FROM v0 AS t JOIN v1 u ON t.k = u.k WHERE a IN (SELECT a FROM v2 AS `my w`)',
    );
  });

  test('leaves everything else as it is, comments and layout too', () => {
    expect(
      rewrite("WITH x AS (\n  SELECT * -- FROM t\n  FROM STREAM read_files('p',\n    format => 'json')\n)\nSELECT * FROM x"),
    ).toBe('WITH x AS (\n  SELECT * -- FROM t\n  FROM v0\n)\nSELECT * FROM x');
  });
});
