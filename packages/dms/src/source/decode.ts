import { LakewrightError } from '@lakewright/config';
import type { BooleanBuilder, BytesBuilder, ColumnBuilder, NumberBuilder, WordsBuilder } from '../columns/builder';
import { type Column, LARGE } from '../columns/column';
import { cutLarge, type LargeObjects } from '../columns/cut';
import { decodeText } from './charsets';
import { decimalDecoder, decimalSize } from './decimal';
import { date, datetime, time, timestamp } from './decode-time';
import { WIRE, type WireColumn } from './table-map';
import { unreadable } from './wire-column';

/** Appends the value at a place and returns the place behind it. */
export type Decode = (source: Buffer, at: number) => number;

export interface DecodeOptions extends LargeObjects {
  readonly milliseconds: boolean;
}

/** What appends the values of a column of the binary log to a builder of its Parquet type. */
export function decoderOf(wire: WireColumn, column: Column, builder: ColumnBuilder, options: DecodeOptions): Decode {
  const numbers = builder as NumberBuilder;
  const words = builder as WordsBuilder;
  const bytes = builder as BytesBuilder;
  const integer = integers(wire, builder);
  if (integer) return integer;
  switch (wire.type) {
    case WIRE.float:
      return (source, at) => {
        numbers.append(source.readFloatLE(at));
        return at + 4;
      };
    case WIRE.double:
      return (source, at) => {
        numbers.append(source.readDoubleLE(at));
        return at + 8;
      };
    case WIRE.year:
      return (source, at) => {
        numbers.append(source[at] === 0 ? 0 : 1900 + source[at]!);
        return at + 1;
      };
    case WIRE.date:
      return date(numbers);
    case WIRE.timestamp2:
      return timestamp(words, wire.meta, options.milliseconds);
    case WIRE.datetime2:
      return datetime(words, wire.meta, options.milliseconds);
    case WIRE.time2:
      return time(bytes, wire.meta);
    case WIRE.decimal:
      return decimalDecoder(builder, wire.meta >> 8, wire.meta & 255, column.type === 'STRING');
    case WIRE.bit:
      return bits(builder, wire.meta);
    case WIRE.enum:
    case WIRE.set:
      return members(bytes, wire);
    default:
      return text(bytes, wire, column, options);
  }
}

/** What appends integers; undefined for another type. */
function integers(wire: WireColumn, builder: ColumnBuilder): Decode | undefined {
  const numbers = builder as NumberBuilder;
  const words = builder as WordsBuilder;
  switch (wire.type) {
    case WIRE.tiny:
      return wire.unsigned
        ? (source, at) => {
            numbers.append(source[at]!);
            return at + 1;
          }
        : (source, at) => {
            numbers.append((source[at]! << 24) >> 24);
            return at + 1;
          };
    case WIRE.short:
      return wire.unsigned
        ? (source, at) => {
            numbers.append(source[at]! | (source[at + 1]! << 8));
            return at + 2;
          }
        : (source, at) => {
            numbers.append(((source[at]! | (source[at + 1]! << 8)) << 16) >> 16);
            return at + 2;
          };
    case WIRE.int24:
      return wire.unsigned
        ? (source, at) => {
            numbers.append(source.readUIntLE(at, 3));
            return at + 3;
          }
        : (source, at) => {
            numbers.append(source.readIntLE(at, 3));
            return at + 3;
          };
    case WIRE.long:
      return wire.unsigned
        ? (source, at) => {
            numbers.append(source.readUInt32LE(at));
            return at + 4;
          }
        : (source, at) => {
            numbers.append(source.readInt32LE(at));
            return at + 4;
          };
    case WIRE.longlong:
      return (source, at) => {
        words.appendWords(source.readInt32LE(at), source.readInt32LE(at + 4));
        return at + 8;
      };
    default:
      return undefined;
  }
}

/** The place behind a value of a column. @throws LakewrightError DMS_COLUMN_TYPE for a type of which that is not known */
export function skipperOf(wire: WireColumn): Decode {
  const size = sizeOf(wire);
  if (size !== undefined) return (_source, at) => at + size;
  if (!PREFIXED.has(wire.type)) throw unreadable(wire);
  const prefix = prefixOf(wire);
  return prefix === 1 ? (source, at) => at + 1 + source[at]! : (source, at) => at + prefix + source.readUIntLE(at, prefix);
}

function sizeOf({ type, meta }: WireColumn): number | undefined {
  switch (type) {
    case WIRE.tiny:
    case WIRE.year:
      return 1;
    case WIRE.short:
      return 2;
    case WIRE.int24:
    case WIRE.date:
      return 3;
    case WIRE.long:
    case WIRE.float:
      return 4;
    case WIRE.longlong:
    case WIRE.double:
      return 8;
    case WIRE.timestamp2:
      return 4 + ((meta + 1) >> 1);
    case WIRE.datetime2:
      return 5 + ((meta + 1) >> 1);
    case WIRE.time2:
      return 3 + ((meta + 1) >> 1);
    case WIRE.decimal:
      return decimalSize(meta >> 8, meta & 255);
    case WIRE.bit:
      return (meta + 7) >> 3;
    case WIRE.enum:
    case WIRE.set:
      return meta;
    default:
      return undefined;
  }
}

/** Types whose values begin with their length. */
const PREFIXED: ReadonlySet<number> = new Set([
  ...[WIRE.varchar, WIRE.varstring, WIRE.string, WIRE.blob, WIRE.geometry, WIRE.json],
  ...[WIRE.compressedBlob, WIRE.compressedVarchar],
]);

/** How many bytes say how long a value is. */
function prefixOf({ type, meta }: WireColumn): number {
  if (type === WIRE.blob || type === WIRE.geometry || type === WIRE.json || type === WIRE.compressedBlob) return meta;
  return meta > 255 ? 2 : 1;
}

function bits(builder: ColumnBuilder, count: number): Decode {
  if (count === 1)
    return (source, at) => {
      (builder as BooleanBuilder).append(source[at] === 1);
      return at + 1;
    };
  const size = (count + 7) >> 3;
  return (source, at) => {
    (builder as BytesBuilder).append(source, at, at + size);
    return at + size;
  };
}

/** An ENUM is the number of its value, 0 for one that was not valid; a SET has a bit a value. */
function members(builder: BytesBuilder, { type, meta, values }: WireColumn): Decode {
  if (type === WIRE.enum) {
    const texts = ['', ...values].map((value) => Buffer.from(value));
    return (source, at) => {
      const text = texts[meta === 1 ? source[at]! : source.readUInt16LE(at)]!;
      builder.append(text, 0, text.length);
      return at + meta;
    };
  }
  return (source, at) => {
    const chosen = values.filter((_, place) => source[at + (place >> 3)]! & (1 << (place & 7)));
    builder.appendText(chosen.join(','));
    return at + meta;
  };
}

function text(builder: BytesBuilder, wire: WireColumn, column: Column, options: LargeObjects): Decode {
  const prefix = prefixOf(wire);
  const large = LARGE.has(column.type);
  if (column.type === 'BYTES' && wire.type === WIRE.string) return padded(builder, prefix, wire.meta);
  const convert = column.type === 'NCLOB' || column.type === 'WSTRING' ? decodeText(wire.collation) : undefined;
  if (convert === null)
    throw new LakewrightError(
      'DMS_CHARSET',
      `the column ${column.name} has a character set that is not read (collation ${wire.collation})`,
      {
        hint: 'convert the column to utf8mb4, or remove it by a transformation rule',
      },
    );
  const append = (source: Buffer, start: number, end: number) =>
    builder.append(source, start, large ? cutLarge(source, start, end, column, options) : end);
  return (source, at) => {
    const start = at + prefix;
    const end = start + (prefix === 1 ? source[at]! : source.readUIntLE(at, prefix));
    if (convert) {
      const converted = Buffer.from(convert(source.subarray(start, end)));
      append(converted, 0, converted.length);
    } else append(source, start, end);
    return end;
  };
}

/** The binary log leaves out the zero bytes at the end of a BINARY(n); a query gives them. */
function padded(builder: BytesBuilder, prefix: number, length: number): Decode {
  return (source, at) => {
    const start = at + prefix;
    const end = start + source.readUIntLE(at, prefix);
    builder.appendPadded(source, start, end, length);
    return end;
  };
}
