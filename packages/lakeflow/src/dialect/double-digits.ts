import type { Node } from './node';
import type { DecimalType } from './numeric-type';

/** SQL in pieces. */
export type Parts = readonly (string | Node)[];

/** Below this, no DECIMAL has a digit to show. */
const NOTHING = '1e-40';
const LARGEST_DOUBLE = '1.7976931348623157E308';

/**
 * A DOUBLE as DECIMAL by the digits that it is shown with, rounded half up, as Spark does it (`Decimal.apply(double)`: BigDecimal of the
 * shortest text); what is no number becomes NULL. The engine's own cast multiplies the binary value: 1.005 becomes 1.00 and 1E20
 * 99999999999999998322.2784. Its text has an exponent from 1e16 on and below some 1e-5, which it cannot read back as DECIMAL.
 */
export function doubleAsDecimal(value: Parts, type: string, isTry = false): Parts {
  return [isTry ? 'try_cast(' : 'CAST(', ...plainDigits(value), ` AS ${type})`];
}

/** More digits than a DOUBLE holds for certain. */
const EXACT_DIGITS = 15;

/** A DECIMAL as the nearest DOUBLE or FLOAT. The engine divides two rounded numbers, and misses the last digit of long ones. */
export function decimalAsFloating(value: Parts, { precision }: DecimalType, type: 'DOUBLE' | 'FLOAT' = 'DOUBLE'): Parts {
  if (precision <= EXACT_DIGITS) return ['CAST(', ...value, ` AS ${type})`];
  return ['CAST(CAST(', ...value, ` AS STRING) AS ${type})`];
}

/** The digits without an exponent. */
function plainDigits(value: Parts): Parts {
  const text = ['CAST(', ...value, ' AS STRING)'];
  const exponent = ['try_cast(substring_index(', ...text, ", 'e', -1) AS INT)"];
  const figures = ['translate(substring_index(', ...text, ", 'e', 1), '.-', '')"];
  const sign = ['CASE WHEN ', ...value, " < 0 THEN '-' ELSE '' END"];
  return [
    'CASE WHEN isnan(',
    ...value,
    ') OR abs(',
    ...value,
    `) > ${LARGEST_DOUBLE} THEN CAST(NULL AS STRING) WHEN abs(`,
    ...value,
    `) < ${NOTHING} THEN '0' WHEN `,
    ...text,
    " LIKE '%e-%' THEN concat(",
    ...sign,
    ", '0.', repeat('0', -1 - ",
    ...exponent,
    '), ',
    ...figures,
    ') WHEN ',
    ...text,
    " LIKE '%e%' THEN concat(",
    ...sign,
    ', ',
    ...figures,
    ", repeat('0', 1 + ",
    ...exponent,
    ' - length(',
    ...figures,
    '))) ELSE ',
    ...text,
    ' END',
  ];
}
