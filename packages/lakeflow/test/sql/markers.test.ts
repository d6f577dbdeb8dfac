import { bindMarkers } from '../../src/sql';

const bound = (text: string, values: Record<string, string> = { city: "Bern's", n: '1' }) =>
  bindMarkers({ path: 'a.sql', text }, values);

test.each([
  ['SELECT :city', "SELECT 'Bern\\'s'"],
  ['WHERE a=:n AND b IN (:n, :city)', "WHERE a='1' AND b IN ('1', 'Bern\\'s')"],
  ['SELECT \':n\', `:n`, ":n" -- :n\n/* :n */ FROM t', 'SELECT \':n\', `:n`, ":n" -- :n\n/* :n */ FROM t'],
  ['SELECT raw:n, a[0]:n, f(x):n, `c`:n, 1::int', 'SELECT raw:n, a[0]:n, f(x):n, `c`:n, 1::int'],
])('%s', (text, expected) => {
  expect(bound(text)).toBe(expected);
});

test('a value stays on one line and cannot leave its literal', () => {
  expect(bound('SELECT :city', { city: "a\n'; DROP TABLE t; --\\" })).toBe("SELECT 'a\\n\\'; DROP TABLE t; --\\\\'");
});

test('a marker without a value is refused with its place', () => {
  expect(() => bound('SELECT 1,\n  :citi')).toThrow(
    expect.objectContaining({
      code: 'LAKEFLOW_MARKER',
      location: { file: 'a.sql', line: 2, column: 3 },
      hint: expect.stringContaining('":city"'),
    }),
  );
});
