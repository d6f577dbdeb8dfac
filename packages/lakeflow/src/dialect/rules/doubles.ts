import { formatType } from '../../engine/spark-type';
import { decimalAsFloating, doubleAsDecimal, type Parts } from '../double-digits';
import { asWritten, type Node } from '../node';
import { type Rule, refuse } from '../rule';
import { parseType } from '../workbench';
import { keptCast } from './narrowing';
import { requireType } from './results';

export const doubleToDecimal: Rule = {
  name: 'CAST of DOUBLE or FLOAT to DECIMAL',
  kind: 'rewritten',
  instead: 'by the digits that the number is shown with, half up; the engine rounds the binary value',
  examples: [
    "SELECT CAST(x AS DECIMAL(20, 2)) AS a, CAST(x AS DECIMAL(38, 12)) AS b FROM VALUES (1.005D), (-19.995D), (1E20D), (1.5E-4D), (-1.2345E-9D), (1E-300D), (1.2345678901234568E17D), (0D), (-0.0D), (double('NaN')), (double('Infinity')), (NULL) AS t(x)",
    'SELECT try_cast(x AS DECIMAL(4, 2)) AS a FROM VALUES (1.005D), (1E20D), (123.4D) AS t(x)',
    'SELECT CAST(x AS DECIMAL(12, 4)) AS a FROM VALUES (CAST(1.1 AS FLOAT)), (CAST(-2.5E-6 AS FLOAT)), (NULL) AS t(x)',
    "SELECT count(CAST(x AS DECIMAL(20, 4))) AS n, sum(CAST(x AS DECIMAL(10, 2))) AS s FROM VALUES (1.005D), (double('NaN')) AS t(x)",
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'cast') return;
    const target = parseType(node.type);
    if (target.kind !== 'decimal') return;
    const from = await requireType(node, node.operand, scope, bench);
    if (from?.kind !== 'double' && from?.kind !== 'float') return;
    const value: Parts = from.kind === 'double' ? [node.operand] : ['CAST(', node.operand, ' AS DOUBLE)'];
    node.parts = doubleAsDecimal(value, formatType(target), node.isTry);
  },
};

export const decimalToDouble: Rule = {
  name: 'CAST of a long DECIMAL to DOUBLE or FLOAT',
  kind: 'rewritten',
  instead: 'by way of its text, which gives the nearest number',
  examples: [
    'SELECT CAST(w AS DOUBLE) - CAST(round(w, 1) AS DOUBLE) AS a, CAST(w AS DOUBLE) = d AS b, w - d AS c FROM VALUES (CAST(12345678901234567890.123456789 AS DECIMAL(38, 18)), 12345678901234567890.123456789D), (-0.5, -0.5D), (NULL, 1D) AS t(w, d)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'cast' || node.isTry || !/^(?:double|float|real)$/i.test(node.type)) return;
    const from = await requireType(node, node.operand, scope, bench);
    if (from?.kind !== 'decimal') return;
    node.parts = decimalAsFloating([node.operand], from, /^double$/i.test(node.type) ? 'DOUBLE' : 'FLOAT');
  },
};

/** As many places as a DOUBLE is rounded to. */
const MOST_PLACES = 18;

/** The scale and precision of a rounded decimal (`RoundBase.dataType` of Apache Spark), and doubles rounded by their digits. */
export const rounding: Rule = {
  name: 'round',
  kind: 'rewritten',
  instead: 'decimals cast to the precision that Spark gives; doubles rounded by their decimal digits, half up',
  examples: [
    'SELECT round(x, 2) AS a, round(x) AS b, round(x, -1) AS c, round(x, 5) AS d FROM VALUES (CAST(12.345 AS DECIMAL(12, 3))), (-2.5), (NULL) AS t(x)',
    'SELECT round(x, 2) AS a, round(x) AS b, round(x, 1) AS c FROM VALUES (0.285D), (1.005D), (-0.125D), (2.5D), (1234567.125D), (1e20D), (0D), (NULL) AS t(x)',
    'SELECT round(x, 4) AS a, round(x) AS b, round(x, 10) AS c, round(x, 18) AS d FROM VALUES (1.5E-4D), (-2.5E-10D), (1.4999999999999998E-10D), (5E-19D), (-1E-30D), (9.9999E-5D), (1234567890123456.8D), (0.1234567890123456D) AS t(x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || node.name !== 'round') return;
    const [given, places] = node.arguments;
    const type = await requireType(node, given, scope, bench);
    const digits = places === undefined ? 0 : Number(bench.render(places).replace(/\s/g, ''));
    if (!type || Number.isNaN(digits)) return;
    if (type.kind === 'decimal') node.parts = keptCast(asWritten(node), roundedType(type, digits));
    if (type.kind !== 'double' && type.kind !== 'float') return;
    if (type.kind === 'float' || digits < 0) {
      refuse(node, `round of ${type.kind} to ${digits} places`, 'the last digit differs', 'CAST to DECIMAL first');
    }
    if (digits > MOST_PLACES) {
      refuse(node, `round to ${digits} places`, `it has ${MOST_PLACES} at most`, 'leave it away: a DOUBLE has 17 digits');
    }
    node.parts = roundedDouble(given!, digits);
  },
};

/** `RoundBase`: BigDecimal of the shortest text, half up. From 1e15 on there is one digit after the point at most. */
function roundedDouble(given: Node, digits: number): Parts {
  const rounded = (type: string): Parts => [
    'CAST(CAST(round(',
    ...doubleAsDecimal([given], type),
    `, ${digits}) AS STRING) AS DOUBLE)`,
  ];
  const large = digits === 0 ? ['round(', given, ', 0)'] : [given];
  return [
    'CASE WHEN abs(',
    given,
    ') < 1 THEN ',
    ...rounded('DECIMAL(38,37)'),
    ' WHEN abs(',
    given,
    ') < 1e15 THEN ',
    ...rounded('DECIMAL(38,22)'),
    ' ELSE ',
    ...large,
    ' END',
  ];
}

function roundedType({ precision, scale }: { readonly precision: number; readonly scale: number }, digits: number): string {
  const whole = precision - scale + 1;
  const kept = Math.max(0, Math.min(scale, digits));
  const wanted = digits < 0 ? Math.max(whole, 1 - digits) : whole + kept;
  return `DECIMAL(${Math.min(wanted, 38)},${kept})`;
}
