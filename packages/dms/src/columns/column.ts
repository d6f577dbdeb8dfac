/**
 * Data types of AWS DMS that a MySQL source gives.
 * Source: AWS DMS User Guide, "Data types for AWS Database Migration Service".
 */
export type DmsType =
  | 'INT1'
  | 'INT2'
  | 'INT4'
  | 'INT8'
  | 'UINT1'
  | 'UINT2'
  | 'UINT4'
  | 'UINT8'
  | 'NUMERIC'
  | 'REAL8'
  | 'BOOLEAN'
  | 'BYTES'
  | 'BLOB'
  | 'DATE'
  | 'DATETIME'
  | 'STRING'
  | 'WSTRING'
  | 'CLOB'
  | 'NCLOB';

/** A column as it is written: what the source's type became, whatever the source's own encoding of its values is. */
export interface Column {
  readonly name: string;
  readonly type: DmsType;
  /** Digits of a NUMERIC. */
  readonly precision?: number;
  /** Digits of a NUMERIC behind the point. */
  readonly scale?: number;
}

/** Types that DMS treats as large objects: left out without `SupportLobs`, cut at `LobMaxSize`. */
export const LARGE: ReadonlySet<DmsType> = new Set(['BLOB', 'CLOB', 'NCLOB']);

/** Whether two lists of columns would give the same Parquet schema. */
export function sameColumns(one: readonly Column[], other: readonly Column[]): boolean {
  return one.length === other.length && one.every((column, index) => sameColumn(column, other[index]!));
}

function sameColumn(one: Column, other: Column): boolean {
  return one.name === other.name && one.type === other.type && one.precision === other.precision && one.scale === other.scale;
}
