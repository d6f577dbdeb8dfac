import { duckdb } from './duckdb';
import { filesOf } from './folder-store';
import type { TestDatabase } from './mariadb';

/** How a column is compared: as the text that both sides make of it. */
type Comparison = 'text' | 'bytes' | 'date' | 'moment' | 'number' | 'bit' | 'bits' | 'decimal';

export interface TestColumn {
  readonly name: string;
  readonly type: string;
  readonly compare: Comparison;
}

const column = (name: string, type: string, compare: Comparison): TestColumn => ({ name, type, compare });

/** A column of every type. */
export const EVERY_TYPE: readonly TestColumn[] = [
  column('tiny', 'TINYINT', 'text'),
  column('tiny_u', 'TINYINT UNSIGNED', 'text'),
  column('flag', 'TINYINT(1)', 'text'),
  column('year_of', 'YEAR', 'number'),
  column('small', 'SMALLINT', 'text'),
  column('small_u', 'SMALLINT UNSIGNED', 'text'),
  column('medium', 'MEDIUMINT', 'text'),
  column('medium_u', 'MEDIUMINT UNSIGNED', 'text'),
  column('whole', 'INT', 'text'),
  column('whole_u', 'INT UNSIGNED', 'text'),
  column('big', 'BIGINT', 'text'),
  column('big_u', 'BIGINT UNSIGNED', 'text'),
  column('price', 'DECIMAL(5,2)', 'text'),
  column('amount', 'DECIMAL(20,6)', 'text'),
  column('large', 'DECIMAL(38,10)', 'text'),
  column('huge', 'DECIMAL(65,30)', 'text'),
  column('positive', 'DECIMAL(12,3) UNSIGNED', 'text'),
  column('single', 'FLOAT', 'number'),
  column('twice', 'DOUBLE', 'number'),
  column('bit_one', 'BIT(1)', 'bit'),
  column('bit_many', 'BIT(12)', 'bits'),
  column('born', 'DATE', 'date'),
  column('seen', 'DATETIME', 'moment'),
  column('seen_3', 'DATETIME(3)', 'moment'),
  column('seen_6', 'DATETIME(6)', 'moment'),
  column('stamped', 'TIMESTAMP NULL', 'moment'),
  column('stamped_6', 'TIMESTAMP(6) NULL', 'moment'),
  column('lasted', 'TIME', 'text'),
  column('lasted_2', 'TIME(2)', 'text'),
  column('lasted_6', 'TIME(6)', 'text'),
  column('code', 'CHAR(10)', 'text'),
  column('name', 'VARCHAR(60)', 'text'),
  column('latin', 'VARCHAR(300) CHARACTER SET latin1', 'text'),
  column('note', 'TEXT', 'text'),
  column('story', 'MEDIUMTEXT', 'text'),
  column('novel', 'LONGTEXT', 'text'),
  column('level', "ENUM('low','middle','häh')", 'text'),
  column('tags', "SET('red','green','blue','x1','x2','x3','x4','x5','x6')", 'text'),
  column('details', 'JSON', 'text'),
  column('hash', 'BINARY(8)', 'bytes'),
  column('token', 'VARBINARY(300)', 'bytes'),
  column('small_blob', 'TINYBLOB', 'bytes'),
  column('blob_of', 'BLOB', 'bytes'),
  column('medium_blob', 'MEDIUMBLOB', 'bytes'),
  column('place', 'POINT', 'bytes'),
];

export function createTable(
  name: string,
  columns: readonly TestColumn[],
  key = 'id BIGINT UNSIGNED NOT NULL PRIMARY KEY',
): string {
  return `CREATE TABLE ${name} (${[key, ...columns.map(({ name: column, type }) => `\`${column}\` ${type}`)].join(', ')})`;
}

const SOURCE: Readonly<Record<Comparison, (name: string) => string>> = {
  text: (name) => `CAST(${name} AS CHAR)`,
  decimal: (name) => `CAST(${name} AS CHAR)`,
  number: (name) => `CAST(${name} AS DOUBLE)`,
  bytes: (name) => `HEX(${name})`,
  bit: (name) => `IF(${name} IS NULL, NULL, IF(${name}, 'true', 'false'))`,
  bits: (name) => `LPAD(HEX(${name}), 4, '0')`,
  date: (name) => `IF(MONTH(${name}) = 0 OR DAY(${name}) = 0, NULL, CAST(${name} AS CHAR))`,
  moment: (name) => `IF(MONTH(${name}) = 0 OR DAY(${name}) = 0, NULL, DATE_FORMAT(${name}, '%Y-%m-%d %H:%i:%s.%f'))`,
};
const READER: Readonly<Record<Comparison, (name: string) => string>> = {
  text: (name) => `CAST(${name} AS VARCHAR)`,
  decimal: (name) => `CAST(${name} AS VARCHAR)`,
  number: (name) => name,
  bytes: (name) => `hex(${name})`,
  bit: (name) => `CAST(${name} AS VARCHAR)`,
  bits: (name) => `hex(${name})`,
  date: (name) => `CAST(${name} AS VARCHAR)`,
  moment: (name) => `strftime(${name}, '%Y-%m-%d %H:%M:%S.%f')`,
};

/** All rows of a table of the source as texts, by key. */
export async function sourceRows(
  database: TestDatabase,
  table: string,
  key: readonly string[],
  columns: readonly TestColumn[],
): Promise<unknown[]> {
  const selected = [
    ...key.map((name) => `CAST(${name} AS CHAR) AS ${name}`),
    ...columns.map(({ name, compare }) => `${SOURCE[compare](`\`${name}\``)} AS \`${name}\``),
  ];
  const order = key.map((name) => `BINARY CAST(${name} AS CHAR)`).join(', ');
  const results = await database.rows(`SET time_zone = '+00:00'; SELECT ${selected.join(', ')} FROM ${table} ORDER BY ${order}`);
  const rows = (results as unknown as Record<string, unknown>[][])[1]!;
  // A FLOAT is what its 32 bits are; the server's text of it is off in the last digits.
  for (const { name } of columns.filter(({ type }) => type === 'FLOAT'))
    for (const row of rows) row[name] = row[name] === null ? null : Math.fround(row[name] as number);
  return rows;
}

/**
 * The query that folds the files of a table: of each key the last row, unless that is a deletion. The order is that of the names, a full
 * load first, and within a file that of its rows.
 */
export function foldQuery(bucket: string, table: string, key: readonly string[], columns: readonly TestColumn[]): string {
  const files = `read_parquet('${bucket}/shop/${table}/*.parquet', union_by_name = true, filename = true, file_row_number = true)`;
  const order = "(CASE WHEN filename LIKE '%/LOAD%' THEN 0 ELSE 1 END) DESC, filename DESC, file_row_number DESC";
  const keys = key.map((name) => `"${name}"`).join(', ');
  const selected = [
    ...key.map((name) => `CAST("${name}" AS VARCHAR) AS "${name}"`),
    ...columns.map(({ name, compare }) => `${READER[compare](`"${name}"`)} AS "${name}"`),
  ];
  return (
    `SELECT ${selected.join(', ')} FROM (SELECT *, row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) AS latest FROM ${files}) ` +
    `WHERE latest = 1 AND "Op" <> 'D' ORDER BY ${key.map((name) => `CAST("${name}" AS VARCHAR)`).join(', ')}`
  );
}

/** All rows of a table as its files fold together. */
export function foldedRows(bucket: string, table: string, key: readonly string[], columns: readonly TestColumn[]): unknown[] {
  if (!filesOf(bucket).some((file) => file.startsWith(`shop/${table}/`))) return [];
  return duckdb(foldQuery(bucket, table, key, columns))[0]!;
}
