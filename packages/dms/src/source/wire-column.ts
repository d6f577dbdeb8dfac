import { LakewrightError } from '@lakewright/config';
import type { Column, DmsType } from '../columns/column';
import { WIRE, type WireColumn } from './table-map';

const BINARY_COLLATION = 63;
const INTEGERS: Readonly<Record<number, readonly [signed: DmsType, unsigned: DmsType]>> = {
  [WIRE.tiny]: ['INT1', 'UINT1'],
  [WIRE.short]: ['INT2', 'UINT2'],
  [WIRE.int24]: ['INT4', 'UINT4'],
  [WIRE.long]: ['INT4', 'UINT4'],
  [WIRE.longlong]: ['INT8', 'UINT8'],
};
const FIXED: Readonly<Record<number, DmsType>> = {
  [WIRE.float]: 'REAL8',
  [WIRE.double]: 'REAL8',
  [WIRE.year]: 'INT2',
  [WIRE.date]: 'DATE',
  [WIRE.timestamp2]: 'DATETIME',
  [WIRE.datetime2]: 'DATETIME',
  [WIRE.time2]: 'STRING',
  [WIRE.enum]: 'WSTRING',
  [WIRE.set]: 'WSTRING',
  [WIRE.geometry]: 'BLOB',
};

/**
 * The DMS type of a column of the binary log.
 *
 * Source: AWS DMS User Guide, "Using a MySQL-compatible database as a source for AWS DMS", section "Source data types for MySQL". A
 * DECIMAL of more than 38 digits, on which it is silent and which no Parquet decimal holds, becomes text.
 *
 * @throws LakewrightError DMS_COLUMN_TYPE
 */
export function columnOf(wire: WireColumn, table: string): Column {
  const { name, type, meta } = wire;
  const integer = INTEGERS[type];
  if (integer) return { name, type: integer[wire.unsigned ? 1 : 0] };
  if (FIXED[type]) return { name, type: FIXED[type] };
  if (type === WIRE.bit) return { name, type: meta === 1 ? 'BOOLEAN' : 'BYTES' };
  if (type === WIRE.decimal) return decimalColumn(name, meta >> 8, meta & 255);
  const binary = wire.collation === BINARY_COLLATION;
  if (type === WIRE.blob && meta > 2) return { name, type: binary ? 'BLOB' : 'NCLOB' };
  if (type === WIRE.blob || type === WIRE.varchar || type === WIRE.varstring || type === WIRE.string)
    return { name, type: binary ? 'BYTES' : 'WSTRING' };
  throw unreadable(wire, table);
}

/** A type that is not read from the binary log. */
export function unreadable({ name, type }: WireColumn, table = 'a table'): LakewrightError {
  return new LakewrightError(
    'DMS_COLUMN_TYPE',
    `${table} has the column ${name} of a type that is not read from the binary log (number ${type})`,
    {
      hint: 'JSON of MySQL, compressed columns and temporal columns of before MySQL 5.6 are not supported; remove the column by a transformation rule',
    },
  );
}

/** A DECIMAL as DMS has it; as text where no Parquet decimal is large enough. */
export function decimalColumn(name: string, precision: number, scale: number): Column {
  return precision > 38 ? { name, type: 'STRING' } : { name, type: 'NUMERIC', precision, scale };
}
