import { join } from 'node:path';
import { testDms } from './support/dms';
import { duckdb } from './support/duckdb';
import type { TestDatabase } from './support/mariadb';
import { createTable, EVERY_TYPE, foldedRows, sourceRows } from './support/types-table';
import { useDatabase } from './support/use-database';

/** Rows at the edges of every type, as lists of SQL values in the order of EVERY_TYPE. */
const ROWS: readonly (readonly [id: string, values: readonly string[]])[] = [
  ['1', EVERY_TYPE.map(() => 'NULL')],
  [
    '18446744073709551615',
    [
      ...['-128', '255', '1', '2155', '-32768', '65535', '-8388608', '16777215', '-2147483648', '4294967295'],
      ...['-9223372036854775808', '18446744073709551615', '-999.99', '-99999999999999.999999'],
      ...['-9999999999999999999999999999.9999999999', '-99999999999999999999999999999999999.999999999999999999999999999999'],
      ...['999999999.999', '16777217', '-1.7976931348623157e308', "b'1'", "b'111111111111'"],
      ...["'9999-12-31'", "'9999-12-31 23:59:59'", "'9999-12-31 23:59:59.999'", "'9999-12-31 23:59:59.999999'"],
      ...["'2038-01-19 05:14:07'", "'2038-01-19 05:14:07.999999'", "'-838:59:59'", "'-00:00:00.01'", "'-838:59:59.999999'"],
      ...[
        "'ab  '",
        "'naïve 😀'",
        "'caf\u00e9 \u20ac\u201e\u0178'",
        "'a\\nb\\'c'",
        "'\u4e2d\u6587'",
        "'novel'",
        "'häh'",
        "'red,blue,x6'",
        '\'{"a": [1, "ü"]}\'',
      ],
      ...["x'0100000000000000'", "x'00ff'", "x''", "x'deadbeef00'", "x'00'", "ST_GeomFromText('POINT(1 -2)')"],
    ],
  ],
  [
    '9007199254740993',
    [
      ...['127', '0', '0', '0', '32767', '0', '8388607', '0', '2147483647', '0', '9223372036854775807', '0'],
      ...['0.01', '0.000001', '0.0000000001', '0.000000000000000000000000000001', '0', '0.1', '5e-324', "b'0'", "b'0'"],
      ...["'0000-00-00'", "'0000-00-00 00:00:00'", "'0000-00-00 00:00:00'", "'2024-00-10 00:00:00'"],
      ...["'0000-00-00 00:00:00'", "'1970-01-01 02:00:01.000001'", "'838:59:59'", "'00:00:00.99'", "'-00:00:00.000001'"],
      ...["''", "''", "''", "''", "''", "''", "'low'", "''", "'[]'"],
      ...["x''", "x'00'", "x'00'", "x''", "x''", "ST_GeomFromText('POINT(0 0)')"],
    ],
  ],
  [
    '42',
    [
      ...['-1', '128', '127', '1901', '-1', '32768', '-1', '8388608', '-1', '2147483648', '-1', '9223372036854775808'],
      ...['-0.01', '123456.789', '-123456789.5', '-1.5', '1.001', '-3.4028234e38', '0.1', "b'1'", "b'100000001'"],
      ...["'1000-01-01'", "'1000-01-01 00:00:00'", "'1969-12-31 23:59:59.5'", "'1969-12-31 23:59:59.000001'"],
      ...["'1999-12-31 23:59:59'", "'2024-02-29 12:00:00.123456'", "'00:00:01'", "'12:34:56.78'", "'01:02:03.000004'"],
      ...[
        "'0123456789'",
        `'${'é'.repeat(60)}'`,
        `'${'\u00fc'.repeat(300)}'`,
        `'${'t'.repeat(70000).slice(0, 60000)}'`,
        `'${'m'.repeat(20000)}'`,
      ],
      ...[`'${'\u00df'.repeat(10000)}'`, "'middle'", "'green,x1,x2,x3,x4,x5'", "'{}'"],
      ...[
        "x'ffffffffffffffff'",
        `x'${'ab'.repeat(300)}'`,
        "x'01'",
        `x'${'cd'.repeat(60000)}'`,
        `x'${'ef'.repeat(30000)}'`,
        "ST_GeomFromText('POINT(5 5)')",
      ],
    ],
  ],
];

/** "Target data types for S3 Parquet", as DuckDB names them. */
const PARQUET_TYPES = [
  ...['Op VARCHAR', 'id UBIGINT', 'tiny TINYINT', 'tiny_u UTINYINT', 'flag TINYINT', 'year_of SMALLINT', 'small SMALLINT'],
  ...[
    'small_u USMALLINT',
    'medium INTEGER',
    'medium_u UINTEGER',
    'whole INTEGER',
    'whole_u UINTEGER',
    'big BIGINT',
    'big_u UBIGINT',
  ],
  ...['price DECIMAL(5,2)', 'amount DECIMAL(20,6)', 'large DECIMAL(38,10)', 'huge VARCHAR', 'positive DECIMAL(12,3)'],
  ...['single DOUBLE', 'twice DOUBLE', 'bit_one BOOLEAN', 'bit_many BLOB', 'born DATE', 'seen TIMESTAMP WITH TIME ZONE'],
  ...['seen_3', 'seen_6', 'stamped', 'stamped_6'].map((name) => `${name} TIMESTAMP WITH TIME ZONE`),
  ...['lasted', 'lasted_2', 'lasted_6', 'code', 'name', 'latin', 'note', 'story', 'novel', 'level', 'tags', 'details'].map(
    (name) => `${name} VARCHAR`,
  ),
  ...['hash', 'token', 'small_blob', 'blob_of', 'medium_blob', 'place'].map((name) => `${name} BLOB`),
  'committed_at VARCHAR',
];

let folder: string;
let database: TestDatabase;
useDatabase(['--sql-mode='], (suite) => {
  ({ folder, database } = suite);
});

const insert = (table: string) => ROWS.map(([id, values]) => `INSERT INTO ${table} VALUES (${[id, ...values].join(', ')})`);

test('every type reads the same from a full load and from the log as from the source', async () => {
  await database.run(createTable('loaded', EVERY_TYPE), createTable('logged', EVERY_TYPE), ...insert('loaded'));
  const dms = await testDms(join(folder, 'types'), database);
  const arn = await dms.api.create('types');
  await dms.api.start(arn);
  await dms.api.until(arn, ({ ReplicationTaskStats }) => ReplicationTaskStats?.FullLoadProgressPercent === 100);
  await database.run(...insert('logged'));
  await dms.api.drained(arn, database);
  await dms.api.stop(arn);
  for (const table of ['loaded', 'logged']) {
    const wanted = await sourceRows(database, table, ['id'], EVERY_TYPE);
    expect(wanted).toHaveLength(ROWS.length);
    expect(foldedRows(dms.bucket, table, ['id'], EVERY_TYPE)).toEqual(wanted);
  }
  const types = (table: string, files: string) =>
    duckdb(`DESCRIBE SELECT * FROM '${dms.bucket}/shop/${table}/${files}'`)[0]!.map(
      (row) => `${row['column_name']} ${row['column_type']}`,
    );
  expect(types('logged', '2*.parquet')).toEqual(types('loaded', 'LOAD*.parquet'));
  expect(types('loaded', 'LOAD*.parquet')).toEqual(PARQUET_TYPES);
  await dms.close();
});
