import type { BytesBuilder, ColumnBuilder, WordsBuilder } from '../columns/builder';

/** Bytes of so many digits; nine digits take four. */
const BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/** Bytes of a packed DECIMAL. */
export function decimalSize(precision: number, scale: number): number {
  const whole = precision - scale;
  return Math.floor(whole / 9) * 4 + BYTES[whole % 9]! + Math.floor(scale / 9) * 4 + BYTES[scale % 9]!;
}

/**
 * Appends a packed DECIMAL: groups of nine digits, the odd ones at both ends, the highest bit inverted, all bits of a negative one
 * inverted. Up to 15 digits are added up as doubles, which hold them exactly; more as big integers.
 *
 * @param asText for a column of more than 38 digits
 */
export function appendDecimal(
  builder: ColumnBuilder,
  source: Buffer,
  at: number,
  precision: number,
  scale: number,
  asText: boolean,
): number {
  const end = at + decimalSize(precision, scale);
  const negative = (source[at]! & 0x80) === 0;
  const groups = groupsOf(precision, scale);
  if (precision <= 15 && !asText) {
    let value = 0;
    for (let index = 0, from = at; index < groups.length; index += 2) {
      value = value * 10 ** groups[index + 1]! + part(source, from, groups[index]!, negative, from === at);
      from += groups[index]!;
    }
    (builder as WordsBuilder).appendNumber(negative ? -value : value);
    return end;
  }
  let value = 0n;
  for (let index = 0, from = at; index < groups.length; index += 2) {
    value = value * 10n ** BigInt(groups[index + 1]!) + BigInt(part(source, from, groups[index]!, negative, from === at));
    from += groups[index]!;
  }
  if (asText) (builder as BytesBuilder).appendText(decimalText(negative ? -value : value, scale));
  else (builder as WordsBuilder).appendBig(negative ? -value : value);
  return end;
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

const known = new Map<number, readonly number[]>();

/** Pairs of bytes and digits, from the highest group to the lowest. */
function groupsOf(precision: number, scale: number): readonly number[] {
  const name = precision * 64 + scale;
  const found = known.get(name);
  if (found) return found;
  const whole = precision - scale;
  const pairs = [
    ...(whole % 9 ? [BYTES[whole % 9]!, whole % 9] : []),
    ...Array.from({ length: Math.floor(whole / 9) }, () => [4, 9]).flat(),
    ...Array.from({ length: Math.floor(scale / 9) }, () => [4, 9]).flat(),
    ...(scale % 9 ? [BYTES[scale % 9]!, scale % 9] : []),
  ];
  known.set(name, pairs);
  return pairs;
}

function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}
