import { formatType, type SparkType } from '../../engine/spark-type';
import { asWritten, type Node } from '../node';
import { INTEGERS, isInteger, LARGEST_INTEGER } from '../numeric-type';
import type { Rule } from '../rule';
import { parseType } from '../workbench';

/** Names of types that are functions as well: `int(x)` is `CAST(x AS INT)`. */
const CASTS: Readonly<Record<string, string>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INT',
  bigint: 'BIGINT',
  decimal: 'DECIMAL(10,0)',
};

/**
 * A cast that the engine's optimizer cannot move to the other side of a comparison. It takes `CAST(x AS INT) > 0` for `x > 0`, also when the
 * comparison stands in a query around it: no overflow is noticed, and what a cast to fewer digits rounds is compared unrounded.
 *
 * @param value what is cast
 * @param type as SQL writes it
 */
export function keptCast(value: readonly (string | Node)[], type: string): readonly (string | Node)[] {
  return keptAsIs(['CAST(', ...value, ` AS ${type})`], type);
}

function keptAsIs(cast: readonly (string | Node)[], type: string): readonly (string | Node)[] {
  return ['nullif(', ...cast, `, CAST(NULL AS ${type}))`];
}

/** Casts of numbers to fewer digits, where somebody compares the result. */
export const narrowingCast: Rule = {
  name: 'CAST of a number to fewer digits',
  kind: 'rewritten',
  instead: 'kept from the optimizer, which would compare the number as it was before the CAST',
  examples: [
    'SELECT CAST(x AS BIGINT) = 1 AS a, CAST(x AS DECIMAL(10, 1)) = 1.5 AS b, int(x) IN (1, 2) AS c FROM VALUES (CAST(1.45 AS DECIMAL(10, 2))), (1.55), (NULL) AS t(x)',
    'SELECT CAST(x AS INT) > 0 AS y FROM VALUES (3000000000) AS t(x)',
    'SELECT try_cast(x AS TINYINT) > 0 AS y FROM VALUES (300), (3), (NULL) AS t(x)',
    'SELECT count(*) AS n FROM (SELECT CAST(x AS DECIMAL(4, 1)) AS y FROM VALUES (1.45), (2.45) AS t(x)) WHERE y = 1.5',
    'SELECT x + 1 > 0 AS y FROM VALUES (2147483647) AS t(x)',
    'SELECT k FROM VALUES (1, 9223372036854775807), (1, 1) AS t(k, x) GROUP BY k HAVING sum(x) > 0',
    'SELECT a / b = 0.333333 AS y FROM VALUES (CAST(1 AS DECIMAL(4, 1)), CAST(3 AS DECIMAL(4, 1))) AS t(a, b)',
  ],
  async apply(node, scope, bench) {
    if (node.kind === 'call' && Object.hasOwn(CASTS, node.name) && node.arguments.length === 1) {
      const [given] = node.arguments;
      const target = CASTS[node.name]!;
      if (narrows(await bench.typeOf(given!, scope), parseType(target))) node.parts = keptAsIs(asWritten(node), target);
    }
    if (node.kind !== 'cast' || node.parts) return;
    const target = parseType(node.type);
    if (!isNumber(target) || isWithin(node.operand, target) || !narrows(await bench.typeOf(node.operand, scope), target)) return;
    node.parts = keptAsIs(asWritten(node), formatType(target));
  },
};

function isNumber(type: SparkType): boolean {
  return isInteger(type) || type.kind === 'decimal';
}

/** Whether a whole number as written lies in an integer type. */
function isWithin(node: Node, { kind }: SparkType): boolean {
  const largest = LARGEST_INTEGER[kind];
  return largest !== undefined && node.kind === 'literal' && /^\d+$/.test(node.value) && BigInt(node.value) <= largest;
}

/** Whether a cast can change or refuse a value, of those that the optimizer undoes: from whole numbers and decimals to such. */
function narrows(from: SparkType | undefined, to: SparkType): boolean {
  if (from === undefined) return true;
  if (isInteger(from)) return isInteger(to) && rank(to) < rank(from);
  if (from.kind !== 'decimal') return false;
  if (to.kind !== 'decimal') return true;
  return to.scale < from.scale || to.precision - to.scale < from.precision - from.scale;
}

function rank({ kind }: SparkType): number {
  return INTEGERS.indexOf(kind as (typeof INTEGERS)[number]);
}
