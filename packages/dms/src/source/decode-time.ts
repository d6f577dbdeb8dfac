import type { BytesBuilder, NumberBuilder, WordsBuilder } from '../columns/builder';
import { appendDate, appendMoment, daysOf } from '../columns/calendar';
import type { Decode } from './decode';

/** A DATE has 24 bits: 15 for the year, 4 for the month, 5 for the day. */
export function date(builder: NumberBuilder): Decode {
  return (source, at) => {
    const value = source.readUIntLE(at, 3);
    appendDate(builder, value >> 9, (value >> 5) & 15, value & 31);
    return at + 3;
  };
}

/** Fractions of a second have a byte for every two digits, the highest first; as microseconds. */
function fraction(source: Buffer, at: number, digits: number): number {
  if (digits === 0) return 0;
  const size = (digits + 1) >> 1;
  return source.readUIntBE(at, size) * 10 ** (6 - size * 2);
}

/** A TIMESTAMP is UTC; second 0 is the value zero (`0000-00-00 00:00:00`). */
export function timestamp(builder: WordsBuilder, digits: number, milliseconds: boolean): Decode {
  const size = 4 + ((digits + 1) >> 1);
  return (source, at) => {
    const seconds = source.readUInt32BE(at);
    const microseconds = fraction(source, at + 4, digits);
    if (seconds === 0 && microseconds === 0) builder.appendNull();
    else appendMoment(builder, seconds, microseconds, milliseconds);
    return at + size;
  };
}

/** A DATETIME is packed into 40 bits: 17 for year and month, 5 for the day, 17 for the time, with the highest bit set. */
export function datetime(builder: WordsBuilder, digits: number, milliseconds: boolean): Decode {
  const size = 5 + ((digits + 1) >> 1);
  return (source, at) => {
    const high = source.readUIntBE(at, 3) - 0x800000;
    const clock = ((source[at + 2]! & 1) << 16) | (source[at + 3]! << 8) | source[at + 4]!;
    const day = (high >> 1) & 31;
    const months = high >> 6;
    const year = Math.floor(months / 13);
    const month = months % 13;
    const microseconds = fraction(source, at + 5, digits);
    if (month === 0 || day === 0) builder.appendNull();
    else {
      const seconds = daysOf(year, month, day) * 86_400 + (clock >> 12) * 3600 + ((clock >> 6) & 63) * 60 + (clock & 63);
      appendMoment(builder, seconds, microseconds, milliseconds);
    }
    return at + size;
  };
}

/** A TIME is written as MySQL prints it: `-838:59:59.999999`. Below zero the fraction counts upwards from the next lower second. */
export function time(builder: BytesBuilder, digits: number): Decode {
  const extra = (digits + 1) >> 1;
  return (source, at) => {
    const raw = source.readUIntBE(at, 3 + extra) - 0x800000 * 2 ** (8 * extra);
    const magnitude = Math.abs(raw);
    const unit = 2 ** (8 * extra);
    const clock = Math.floor(magnitude / unit);
    const micros = (magnitude % unit) * 10 ** (6 - extra * 2);
    const parts = [(clock >> 12) & 1023, (clock >> 6) & 63, clock & 63].map((part) => String(part).padStart(2, '0'));
    const tail = digits === 0 ? '' : `.${String(micros).padStart(6, '0').slice(0, digits)}`;
    builder.appendText(`${raw < 0 ? '-' : ''}${parts.join(':')}${tail}`);
    return at + 3 + extra;
  };
}
