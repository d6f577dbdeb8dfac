import { formatRows } from '../src/format';

const rows = [{ city: 'Cork, "the" city', n: 3n, big: 9007199254740993n, tags: ['a', 'b'], none: null }];
const columns = ['city', 'n', 'big', 'tags', 'none'];

test('json keeps exact numbers: what a double cannot hold is text', () => {
  expect(JSON.parse(formatRows(columns, rows, 'json'))).toEqual([
    { city: 'Cork, "the" city', n: 3, big: '9007199254740993', tags: ['a', 'b'], none: null },
  ]);
});

test('csv quotes as RFC 4180 says', () => {
  expect(formatRows(columns, rows, 'csv')).toBe('city,n,big,tags,none\n"Cork, ""the"" city",3,9007199254740993,"[""a"",""b""]",');
});

test('table shows NULL and every column', () => {
  const table = formatRows(columns, rows, 'table');
  for (const text of [...columns, 'NULL', '9007199254740993']) expect(table).toContain(text);
});
