import { parse, parseOne, query, refusal } from './parsing';

test('puts parameters into strings, names and code', () => {
  const found = query("SELECT * FROM ${catalog}.raw.t_${kind} WHERE path LIKE '${root}/%' LIMIT ${n}", {
    catalog: 'c',
    kind: 'x',
    root: 's3://b',
    n: '5',
  });
  expect(found.text).toBe("SELECT * FROM c.raw.t_x WHERE path LIKE 's3://b/%' LIMIT 5");
  expect(found.reads).toMatchObject([{ kind: 'table', name: { parts: ['c', 'raw', 't_x'] } }]);
});

test('ranges of reads are those of the text with parameters put in', () => {
  const found = query("SELECT '${long}' AS a FROM s.t", { long: 'a much longer value' });
  const [start, end] = found.reads[0]!.range;
  expect(found.text.slice(start, end)).toBe('s.t');
});

test('places stay those of the file', () => {
  expect(
    refusal("CREATE OR REFRESH MATERIALIZED VIEW v AS SELECT '${a}', '${a}' FRM t", { a: 'line\nbreak and more' }),
  ).toContain('p.sql:1:64: LAKEFLOW_SYNTAX');
});

test('a missing parameter is an error with its place and what there is', () => {
  expect(refusal("CREATE TEMPORARY VIEW v AS\nSELECT '${staging_pth}' AS p", { staging_path: 'x', other: 'y' })).toBe(
    'p.sql:2:9: LAKEFLOW_PARAMETER: the pipeline\'s configuration has no "staging_pth"\n  hint: did you mean "staging_path"? it has: staging_path, other',
  );
  expect(refusal('CREATE TEMPORARY VIEW v AS SELECT ${a}')).toContain('it has none');
});

test('a parameter named like a property of every object is missing too', () => {
  expect(refusal('CREATE TEMPORARY VIEW v AS SELECT ${constructor}', { a: 'x' })).toContain('LAKEFLOW_PARAMETER');
});

test('comments and escaped dollars are left alone', () => {
  const found = query("SELECT '\\${not}' AS a -- ${neither}\nFROM t");
  expect(found.text).toBe("SELECT '\\${not}' AS a -- ${neither}\nFROM t");
});

test('a value is put in as text, so it can be SQL', () => {
  expect(query('SELECT * FROM ${source}', { source: 'a JOIN b USING (k)' }).reads).toHaveLength(2);
});

test('without a configuration parameters stay in the text', () => {
  const [view] = parse('CREATE TEMPORARY VIEW v AS SELECT * FROM ${c}.s.t', { c: '${c}' });
  expect(view).toMatchObject({ query: { text: 'SELECT * FROM ${c}.s.t' } });
  expect(parseOne('temporary_view', 'CREATE TEMPORARY VIEW v AS SELECT 1', {}).query.text).toBe('SELECT 1');
});
