import type { BooleanBuilder, BytesBuilder, ColumnBuilder, NumberBuilder, WordsBuilder } from './builder';
import { appendDate, appendMoment, daysOf } from './calendar';
import { type Column, LARGE } from './column';
import { cutLarge, type LargeObjects } from './cut';

/** Appends the text of a value, as a query gives it. */
export type AppendText = (source: Buffer, start: number, end: number) => void;

const MINUS = 0x2d;
const POINT = 0x2e;

export interface TextOptions extends LargeObjects {
  readonly milliseconds: boolean;
  /** The value has 32 bits at the source. */
  readonly single: boolean;
}

/** What appends the texts of a query's column to a builder of its Parquet type. */
export function textAppender(column: Column, builder: ColumnBuilder, options: TextOptions): AppendText {
  switch (column.type) {
    case 'INT1':
    case 'INT2':
    case 'INT4':
    case 'UINT1':
    case 'UINT2':
    case 'UINT4':
      return (source, start, end) => (builder as NumberBuilder).append(digits(source, start, end));
    case 'INT8':
    case 'UINT8':
    case 'NUMERIC':
      return (source, start, end) => {
        // 15 digits, a sign and a point: a double holds them exactly.
        if (end - start <= 15) (builder as WordsBuilder).appendNumber(digits(source, start, end));
        else (builder as WordsBuilder).appendBig(BigInt(source.toString('latin1', start, end).replace('.', '')));
      };
    case 'REAL8': {
      const exact = options.single ? Math.fround : (value: number) => value;
      return (source, start, end) => (builder as NumberBuilder).append(exact(Number(source.toString('latin1', start, end))));
    }
    case 'BOOLEAN':
      return (source, start) => (builder as BooleanBuilder).append(source[start] === 1);
    case 'DATE':
      return (source, start) =>
        appendDate(
          builder as NumberBuilder,
          digits(source, start, start + 4),
          digits(source, start + 5, start + 7),
          digits(source, start + 8, start + 10),
        );
    case 'DATETIME':
      return moments(builder as WordsBuilder, options.milliseconds);
    default:
      return LARGE.has(column.type)
        ? (source, start, end) => (builder as BytesBuilder).append(source, start, cutLarge(source, start, end, column, options))
        : (source, start, end) => (builder as BytesBuilder).append(source, start, end);
  }
}

/** The number that the digits of a text make, its point left out. */
function digits(source: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = source[at]!;
    if (byte !== MINUS && byte !== POINT) value = value * 10 + byte - 0x30;
  }
  return source[start] === MINUS ? -value : value;
}

/** `2024-01-31 09:00:00.123456`. */
function moments(builder: WordsBuilder, milliseconds: boolean): AppendText {
  return (source, start, end) => {
    const month = digits(source, start + 5, start + 7);
    const day = digits(source, start + 8, start + 10);
    if (month === 0 || day === 0) return builder.appendNull();
    const clock =
      digits(source, start + 11, start + 13) * 3600 +
      digits(source, start + 14, start + 16) * 60 +
      digits(source, start + 17, start + 19);
    const fraction = end - start > 20 ? digits(source, start + 20, end) * 10 ** (26 - (end - start)) : 0;
    appendMoment(builder, daysOf(digits(source, start, start + 4), month, day) * 86_400 + clock, fraction, milliseconds);
  };
}
