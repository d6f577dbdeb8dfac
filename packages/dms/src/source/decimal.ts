import type { BytesBuilder, ColumnBuilder, WordsBuilder } from '../columns/builder';
import type { Decode } from './decode';

/** Bytes of so many digits; nine digits take four. */
const BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/** Bytes of a packed DECIMAL. */
export function decimalSize(precision: number, scale: number): number {
  const whole = precision - scale;
  return Math.floor(whole / 9) * 4 + BYTES[whole % 9]! + Math.floor(scale / 9) * 4 + BYTES[scale % 9]!;
}

/**
 * Appends packed DECIMALs: groups of nine digits, the odd ones at both ends, the highest bit inverted, all bits of a negative one
 * inverted. Up to 15 digits are added up as doubles, which hold them exactly; more as big integers.
 *
 * @param asText for a column of more than 38 digits
 */
export function decimalDecoder(builder: ColumnBuilder, precision: number, scale: number, asText: boolean): Decode {
  const size = decimalSize(precision, scale);
  const groups = groupsOf(precision, scale);
  if (precision <= 15 && !asText) {
    const words = builder as WordsBuilder;
    const powers = groups.map(({ digits }) => 10 ** digits);
    return (source, at) => {
      const negative = (source[at]! & 0x80) === 0;
      let value = 0;
      for (let index = 0, from = at; index < groups.length; index += 1) {
        const { bytes } = groups[index]!;
        value = value * powers[index]! + part(source, from, bytes, negative, from === at);
        from += bytes;
      }
      words.appendNumber(negative ? -value : value);
      return at + size;
    };
  }
  const powers = groups.map(({ digits }) => 10n ** BigInt(digits));
  return (source, at) => {
    const negative = (source[at]! & 0x80) === 0;
    let value = 0n;
    for (let index = 0, from = at; index < groups.length; index += 1) {
      const { bytes } = groups[index]!;
      value = value * powers[index]! + BigInt(part(source, from, bytes, negative, from === at));
      from += bytes;
    }
    if (asText) (builder as BytesBuilder).appendText(decimalText(negative ? -value : value, scale));
    else (builder as WordsBuilder).appendBig(negative ? -value : value);
    return at + size;
  };
}

function part(source: Buffer, at: number, size: number, negative: boolean, first: boolean): number {
  let value = 0;
  for (let index = 0; index < size; index += 1) {
    let byte = source[at + index]!;
    if (first && index === 0) byte ^= 0x80;
    if (negative) byte ^= 0xff;
    value = value * 256 + byte;
  }
  return value;
}

/** From the highest to the lowest. */
function groupsOf(precision: number, scale: number): readonly { readonly bytes: number; readonly digits: number }[] {
  const whole = precision - scale;
  const group = (digits: number) => ({ bytes: BYTES[digits]!, digits });
  return [
    ...(whole % 9 ? [group(whole % 9)] : []),
    ...Array.from({ length: Math.floor(whole / 9) + Math.floor(scale / 9) }, () => group(9)),
    ...(scale % 9 ? [group(scale % 9)] : []),
  ];
}

function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}
