import { LakewrightError } from '@lakewright/config';
import type { Connection } from 'mysql2';
import type { Column, DmsType } from '../columns/column';
import { run } from './connection';
import type { Position } from './event';
import { decimalColumn } from './wire-column';

/** A table as it is now, for a full load. */
export interface SourceTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly CatalogColumn[];
}

export interface CatalogColumn extends Column {
  /** What a query selects for it. */
  readonly expression: string;
  /** A FLOAT: its text is read as a number of 32 bits. */
  readonly single?: boolean;
}

const SYSTEM = ['information_schema', 'mysql', 'performance_schema', 'sys'];

/** Names of the base tables that exist now, sorted. */
export async function tablesOf(connection: Connection): Promise<{ schema: string; table: string }[]> {
  const rows = await run(
    connection,
    "SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN (?) ORDER BY 1, 2",
    [SYSTEM],
  );
  return rows.map(({ s, t }) => ({ schema: String(s), table: String(t) }));
}

/**
 * The columns of a table, in their order.
 *
 * @param wanted false for a column that is removed: its type may be one that is not supported
 * @throws LakewrightError DMS_COLUMN_TYPE
 */
export async function describeTable(
  connection: Connection,
  schema: string,
  table: string,
  wanted: (column: string) => boolean,
): Promise<SourceTable> {
  const rows = await run(
    connection,
    'SELECT column_name AS name, data_type AS type, column_type AS full, numeric_precision AS p, numeric_scale AS s, character_set_name AS charset ' +
      'FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
    [schema, table],
  );
  return {
    schema,
    table,
    columns: rows
      .map((row) => row as unknown as CatalogRow)
      .filter(({ name }) => wanted(name))
      .map((row) => catalogColumn(`${schema}.${table}`, row)),
  };
}

interface CatalogRow {
  readonly name: string;
  readonly type: string;
  readonly full: string;
  readonly p: number | null;
  readonly s: number | null;
  readonly charset: string | null;
}

const INTEGERS: Readonly<Record<string, DmsType>> = {
  tinyint: 'INT1',
  smallint: 'INT2',
  mediumint: 'INT4',
  int: 'INT4',
  bigint: 'INT8',
};
const OTHERS: Readonly<Record<string, DmsType>> = {
  float: 'REAL8',
  double: 'REAL8',
  year: 'INT2',
  date: 'DATE',
  datetime: 'DATETIME',
  timestamp: 'DATETIME',
  time: 'STRING',
  enum: 'WSTRING',
  set: 'WSTRING',
  char: 'WSTRING',
  varchar: 'WSTRING',
  tinytext: 'WSTRING',
  text: 'WSTRING',
  mediumtext: 'NCLOB',
  longtext: 'NCLOB',
  json: 'NCLOB',
  binary: 'BYTES',
  varbinary: 'BYTES',
  tinyblob: 'BYTES',
  blob: 'BYTES',
  mediumblob: 'BLOB',
  longblob: 'BLOB',
};
const SHAPES = [
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
];

/** Source: AWS DMS User Guide, "Source data types for MySQL"; the same types as those of the binary log (`wire-column.ts`). */
function catalogColumn(table: string, { name, type, full, p, s }: CatalogRow): CatalogColumn {
  const quoted = quote(name);
  if (type === 'decimal') return { ...decimalColumn(name, Number(p), Number(s)), expression: quoted };
  if (type === 'bit') return { name, type: Number(p) === 1 ? 'BOOLEAN' : 'BYTES', expression: quoted };
  const integer = INTEGERS[type];
  if (integer) return { name, type: full.includes('unsigned') ? (`U${integer}` as DmsType) : integer, expression: quoted };
  const known = SHAPES.includes(type) ? 'BLOB' : OTHERS[type];
  if (!known || full.includes('COMPRESSED'))
    throw new LakewrightError('DMS_COLUMN_TYPE', `${table}.${name} has the type ${full}, which is not supported`, {
      hint: 'remove the column by a transformation rule (remove-column)',
    });
  // As text a FLOAT has six digits; as a DOUBLE it has more than it needs, the last ones not exact.
  if (type === 'float') return { name, type: known, expression: `CAST(${quoted} AS DOUBLE)`, single: true };
  return { name, type: known, expression: quoted };
}

/** A name as SQL has it. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

const NEEDED = [
  ['log_bin', 'ON'],
  ['binlog_format', 'ROW'],
  ['binlog_row_image', 'FULL'],
  ['binlog_row_metadata', 'FULL'],
] as const;

/**
 * Checks that the server logs what change data capture needs. Full metadata is needed because the names and types of columns are read
 * from the log: a table may have changed since.
 *
 * Source: AWS DMS User Guide, "Using an AWS-managed MySQL-compatible database as a source for AWS DMS".
 *
 * @throws LakewrightError DMS_SOURCE_SETTINGS
 */
export async function requireRowLog(connection: Connection): Promise<void> {
  const rows = await run(
    connection,
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${NEEDED.map(([name]) => `'${name}'`).join(', ')})`,
  );
  const values = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value']).toUpperCase()]));
  const wrong = NEEDED.filter(([name, value]) => ![value, value === 'ON' ? '1' : value].includes(values.get(name) ?? ''));
  if (wrong.length > 0)
    throw new LakewrightError(
      'DMS_SOURCE_SETTINGS',
      `the source does not log what is needed: ${wrong.map(([name, value]) => `${name} is ${values.get(name) ?? 'unknown'}, not ${value}`).join('; ')}`,
      { hint: 'set them in the parameter group of the database, then restart it' },
    );
}

/** Where the binary log ends now. Needs BINLOG MONITOR (REPLICATION CLIENT). */
export async function currentPosition(connection: Connection): Promise<Position> {
  const [row] = await run(connection, 'SHOW MASTER STATUS');
  if (!row)
    throw new LakewrightError('DMS_SOURCE_SETTINGS', 'the source has no binary log', { hint: 'turn automated backups on' });
  return { file: String(row['File']), offset: Number(row['Position']) };
}

/**
 * Opens a transaction that sees all tables as of one place in the binary log, and says which. MariaDB gives the place of the snapshot
 * itself; no lock is taken and no privilege but that of reading is needed. MySQL does not: there the place is read first, so that changes
 * between the two come twice, as they may with the service, and end in the same rows.
 *
 * Source: MariaDB Knowledge Base, "Enhancements for START TRANSACTION WITH CONSISTENT SNAPSHOT" (binlog_snapshot_file and _position).
 */
export async function openSnapshot(connection: Connection): Promise<Position> {
  const before = await currentPosition(connection);
  await run(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await run(connection, 'START TRANSACTION WITH CONSISTENT SNAPSHOT');
  const status = new Map(
    (await run(connection, "SHOW STATUS LIKE 'binlog_snapshot_%'")).map((row) => [
      String(row['Variable_name']).toLowerCase(),
      String(row['Value']),
    ]),
  );
  const file = status.get('binlog_snapshot_file');
  return file ? { file, offset: Number(status.get('binlog_snapshot_position')) } : before;
}
