import { readRows } from '../src/engine/arrow-reader';
import { writeRows } from '../src/engine/arrow-writer';
import { parseColumns } from '../src/engine/ddl';
import { formatType } from '../src/engine/spark-type';
import { decimalUnscaled, distinctNames, timestampMicros, timestampText } from '../src/engine/spark-value';

/** Rows encoded and decoded again, without an engine between. */
function roundTrip(schema: string, rows: Record<string, unknown>[]): Record<string, unknown>[] {
  const fields = parseColumns(schema);
  return readRows(
    writeRows(fields, rows),
    fields.map((field) => field.name),
  );
}

describe('DDL of columns', () => {
  test.each([
    ['a int', 'a int'],
    ['id BIGINT NOT NULL COMMENT \'the key, "quoted"\', v VARCHAR(10)', 'id bigint, v varchar(10)'],
    ['d DECIMAL, e NUMERIC(38,18), f dec(5)', 'd decimal(10,0), e decimal(38,18), f decimal(5,0)'],
    ['s STRUCT<a: INT, `b c`: ARRAY<MAP<STRING, DATE>>>', 's struct<a:int,`b c`:array<map<string,date>>>'],
    ['`sel``ect` string, größe double', 'sel`ect string, größe double'],
    ['t TIMESTAMP, u TIMESTAMP_NTZ, l LONG, b BYTE', 't timestamp, u timestamp_ntz, l bigint, b tinyint'],
  ])('%s', (ddl, expected) => {
    expect(
      parseColumns(ddl)
        .map((field) => `${field.name} ${formatType(field.type)}`)
        .join(', '),
    ).toBe(expected);
  });

  test.each([
    ['a', 'expected a name, found the end'],
    ['a wat', "expected a type, found 'wat' at offset 2"],
    ['a array<int', "expected '>', found the end"],
    ['a int b int', "expected a comma or the end, found 'b' at offset 6"],
    ['a int; drop', "expected a column, found ';' at offset 5"],
  ])('%s is refused', (ddl, message) => {
    expect(() => parseColumns(ddl)).toThrow(message);
    expect(() => parseColumns(ddl)).toThrow(expect.objectContaining({ code: 'ENGINE_SCHEMA' }));
  });
});

describe('timestamps', () => {
  test.each([
    ['1969-12-31T23:59:59.999999Z', -1n],
    ['1970-01-01T00:00:00.000Z', 0n],
    ['1900-02-28T12:00:00.000001Z', -2203934399999999n],
    ['0001-01-01T00:00:00.000Z', -62135596800000000n],
    ['9999-12-31T23:59:59.999999Z', 253402300799999999n],
  ])('%s', (text, micros) => {
    expect(timestampMicros(text)).toBe(micros);
    expect(timestampText(micros)).toBe(text);
  });

  test.each([
    ['+275760-09-13T00:00:00.000Z', 8640000000000000000n],
    ['+275760-09-13T00:00:00.000001Z', 8640000000000000001n],
    ['+294247-01-10T04:00:54.775807Z', 2n ** 63n - 1n],
    ['-290308-12-21T19:59:05.224192Z', -(2n ** 63n)],
  ])('%s, at the end of what JavaScript or the engine can count', (text, micros) => {
    expect(timestampText(micros)).toBe(text);
  });

  test.each([
    ['2024-05-06 07:08:09', '2024-05-06T07:08:09.000Z'],
    ['2024-05-06', '2024-05-06T00:00:00.000Z'],
    ['2024-05-06T07:08', '2024-05-06T07:08:00.000Z'],
    ['2024-05-06T07:08:09.1234567+02:00', '2024-05-06T05:08:09.123456Z'],
    ['2024-02-29T00:00:00-0330', '2024-02-29T03:30:00.000Z'],
  ])('%s is read as %s', (text, expected) => {
    expect(timestampText(timestampMicros(text) ?? 0n)).toBe(expected);
  });

  test.each([
    '2023-02-29',
    '2024-02-30T00:00:00Z',
    '2024-13-01',
    'yesterday',
    '',
    '2024-05-06T25:00:00Z',
  ])('%p is none', (text) => {
    expect(timestampMicros(text)).toBeUndefined();
  });
});

describe('decimals', () => {
  test('every digit survives', () => {
    const values = ['99999999999999999999.999999999999999999', '-0.000000000000000001', '0.000000000000000000', null];
    const rows = values.map((d) => ({ d }));
    expect(roundTrip('d DECIMAL(38,18)', rows)).toEqual(rows);
  });

  test('whole numbers take the scale of the column', () => {
    expect(roundTrip('d DECIMAL(10,2)', [{ d: 5 }, { d: -7n }, { d: '1.5' }, { d: '.25' }])).toEqual([
      { d: '5.00' },
      { d: '-7.00' },
      { d: '1.50' },
      { d: '0.25' },
    ]);
  });

  test.each([
    ['1.005', 10, 2],
    ['100', 4, 2],
    ['1e3', 10, 2],
    ['', 10, 2],
    ['-', 10, 2],
  ])('%p does not fit DECIMAL(%d,%d): nothing is rounded', (text, precision, scale) => {
    expect(decimalUnscaled(text, precision, scale)).toBeUndefined();
  });
});

describe('rows through Arrow', () => {
  test('every type, with a null in each', () => {
    const schema =
      'b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, txt STRING, bin BINARY, day DATE, ts TIMESTAMP, ntz TIMESTAMP_NTZ';
    const row = {
      b: true,
      t: -128,
      s: 32767,
      i: -2147483648,
      l: 9223372036854775807n,
      f: 1.5,
      d: Number.POSITIVE_INFINITY,
      txt: 'größe 😀 \u0000',
      bin: new Uint8Array([0, 255]),
      day: '1583-10-15',
      ts: '1969-12-31T23:59:59.999999Z',
      ntz: '2024-03-31T02:30:00.000',
    };
    const nothing = Object.fromEntries(Object.keys(row).map((name) => [name, null]));
    expect(roundTrip(schema, [row, {}, row])).toEqual([row, nothing, row]);
  });

  test('NaN stays NaN', () => {
    expect(roundTrip('d DOUBLE', [{ d: Number.NaN }])).toEqual([{ d: Number.NaN }]);
  });

  test('arrays, structs and maps in each other, empty and null', () => {
    const rows = [
      { v: [{ 'a b': 1, m: { x: ['p', null], y: [] } }, null, { 'a b': null, m: null }] },
      { v: [] },
      { v: null },
      { v: [{ 'a b': 2, m: {} }] },
    ];
    expect(roundTrip('v ARRAY<STRUCT<`a b`: INT, m: MAP<STRING, ARRAY<STRING>>>>', rows)).toEqual(rows);
  });

  test('keys of a map that are numbers, and names that objects keep for themselves', () => {
    const rows = [{ m: { '1': 'a', '-2': 'b' }, ['__proto__']: 'kept' }];
    const [row] = roundTrip('m MAP<BIGINT, STRING>, `__proto__` STRING', rows);
    expect(row?.m).toEqual({ '1': 'a', '-2': 'b' });
    expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe('kept');
  });

  test.each([
    ['a INT', { a: 2147483648 }, 'row 0, column a (int)'],
    ['a INT', { a: 1.5 }, 'row 0, column a (int)'],
    ['a BIGINT', { a: 2 ** 53 }, 'row 0, column a (bigint)'],
    ['a STRING', { a: 5 }, 'row 0, column a (string)'],
    ['a DATE', { a: '2023-02-29' }, '"2023-02-29" does not fit'],
    ['a TIMESTAMP', { a: 'soon' }, '"soon" does not fit'],
    ['a STRUCT<b: INT>', { a: { c: 1 } }, 'column a (struct<b:int>)'],
    ['a ARRAY<STRUCT<b: INT>>', { a: [{ b: 'x' }] }, 'value 0, column a[].b (int)'],
    ['a INT', { A: 1 }, "a value for 'A', which is no column"],
  ])('%s refuses %j', (schema, row, message) => {
    expect(() => roundTrip(schema, [row])).toThrow(message);
    expect(() => roundTrip(schema, [row])).toThrow(expect.objectContaining({ code: 'ENGINE_VALUE' }));
  });
});

test('names that occur twice are told apart, and none is taken twice', () => {
  expect(distinctNames(['id', 'id', 'id_2', 'id', 'x'])).toEqual(['id', 'id_3', 'id_2', 'id_4', 'x']);
});
