import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  TimestampMicrosecond,
  TimestampMillisecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';
import { BooleanBuilder, BytesBuilder, type ColumnBuilder, NumberBuilder, WordsBuilder } from './builder';
import type { Column } from './column';

export interface BuilderOptions {
  /** `ParquetTimestampInMillisecond` of the endpoint: no finer than a millisecond. */
  readonly milliseconds: boolean;
}

/**
 * An empty column of the Parquet type that a DMS type has. Timestamps are UTC-adjusted: naive ones become TimestampNTZ in Spark, which
 * Hudi cannot write.
 *
 * Source: AWS DMS User Guide, "Using Amazon S3 as a target for AWS Database Migration Service", section "Target data types for S3 Parquet".
 */
export function builderOf(column: Column, { milliseconds }: BuilderOptions): ColumnBuilder {
  switch (column.type) {
    case 'INT1':
      return new NumberBuilder(new Int8(), new Int8Array(1024));
    case 'INT2':
      return new NumberBuilder(new Int16(), new Int16Array(1024));
    case 'INT4':
      return new NumberBuilder(new Int32(), new Int32Array(1024));
    case 'INT8':
      return new WordsBuilder(new Int64(), 2);
    case 'UINT1':
      return new NumberBuilder(new Uint8(), new Uint8Array(1024));
    case 'UINT2':
      return new NumberBuilder(new Uint16(), new Uint16Array(1024));
    case 'UINT4':
      return new NumberBuilder(new Uint32(), new Uint32Array(1024));
    case 'UINT8':
      return new WordsBuilder(new Uint64(), 2);
    case 'NUMERIC':
      return new WordsBuilder(new Decimal(column.scale!, column.precision!, 128), 4);
    case 'REAL8':
      return new NumberBuilder(new Float64(), new Float64Array(1024));
    case 'BOOLEAN':
      return new BooleanBuilder(new Bool());
    case 'DATE':
      return new NumberBuilder(new DateDay(), new Int32Array(1024));
    case 'DATETIME':
      return new WordsBuilder(milliseconds ? new TimestampMillisecond('UTC') : new TimestampMicrosecond('UTC'), 2);
    case 'BYTES':
    case 'BLOB':
      return new BytesBuilder(new Binary());
    default:
      return new BytesBuilder(new Utf8());
  }
}
