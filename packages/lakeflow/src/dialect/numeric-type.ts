import type { SparkType } from '../engine/spark-type';

export type DecimalType = Extract<SparkType, { kind: 'decimal' }>;

/** Digits of the integer types, as Spark makes decimals of them. */
const INTEGER_DIGITS: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, int: 10, bigint: 20 };
export const INTEGERS = ['tinyint', 'smallint', 'int', 'bigint'] as const;
/** The largest value of each integer type. */
export const LARGEST_INTEGER: Readonly<Record<string, bigint>> = {
  tinyint: 2n ** 7n - 1n,
  smallint: 2n ** 15n - 1n,
  int: 2n ** 31n - 1n,
  bigint: 2n ** 63n - 1n,
};
const LARGEST = 38;
const LEAST_SCALE = 6;

export function isInteger(type: SparkType | undefined): boolean {
  return type !== undefined && Object.hasOwn(INTEGER_DIGITS, type.kind);
}

/** The decimal that an integer or decimal is taken for beside a decimal; an integer literal takes just its digits. */
export function asDecimal(type: SparkType, literal?: string): DecimalType | undefined {
  if (type.kind === 'decimal') return type;
  const digits = literal === undefined ? INTEGER_DIGITS[type.kind] : literal.replace(/^0+(?=\d)/, '').length;
  return isInteger(type) && digits ? { kind: 'decimal', precision: digits, scale: 0 } : undefined;
}

/** The type of an operation on two decimals ("Decimal arithmetic": `DecimalPrecision` of Apache Spark, with loss of precision allowed). */
export function decimalResult(
  operator: string,
  { precision: p1, scale: s1 }: DecimalType,
  { precision: p2, scale: s2 }: DecimalType,
): DecimalType | undefined {
  switch (operator) {
    case '+':
    case '-': {
      const scale = Math.max(s1, s2);
      return adjusted(Math.max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
    case '*':
      return adjusted(p1 + p2 + 1, s1 + s2);
    case '/': {
      const scale = Math.max(LEAST_SCALE, s1 + p2 + 1);
      return adjusted(p1 - s1 + s2 + scale, scale);
    }
    case '%': {
      const scale = Math.max(s1, s2);
      return adjusted(Math.min(p1 - s1, p2 - s2) + scale, scale);
    }
    default:
      return undefined;
  }
}

function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= LARGEST) return { kind: 'decimal', precision, scale };
  const least = Math.min(scale, LEAST_SCALE);
  return { kind: 'decimal', precision: LARGEST, scale: Math.max(LARGEST - (precision - scale), least) };
}

/** The wider of two integer types. */
export function widerInteger(one: SparkType, other: SparkType): SparkType {
  const rank = (type: SparkType) => INTEGERS.indexOf(type.kind as (typeof INTEGERS)[number]);
  return rank(one) >= rank(other) ? one : other;
}
