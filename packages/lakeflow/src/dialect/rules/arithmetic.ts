import type { SparkType } from '../../engine/spark-type';
import type { Binary, Node } from '../node';
import { asDecimal, type DecimalType, decimalResult, isInteger, LARGEST_INTEGER, widerInteger } from '../numeric-type';
import { type Rule, refuse, type Workbench } from '../rule';
import type { Scope } from '../scope';
import { digitsOf } from '../workbench';
import { keptCast } from './narrowing';

/** Functions whose results stay far below what their type holds. */
const BOUNDS: Readonly<Record<string, bigint>> = {
  ...Object.fromEntries(
    'year month day dayofmonth dayofweek dayofyear weekday weekofyear quarter hour minute second'
      .split(' ')
      .map((name) => [name, 1_000_000n]),
  ),
  ...Object.fromEntries(
    'length char_length character_length len size cardinality array_size instr locate position datediff date_diff'
      .split(' ')
      .map((name) => [name, 2n ** 31n - 1n]),
  ),
  ...Object.fromEntries(
    'count count_if approx_count_distinct unix_timestamp to_unix_timestamp unix_seconds unix_millis unix_date'
      .split(' ')
      .map((name) => [name, 2n ** 52n]),
  ),
};
/** The engine divides to four digits more than the dividend has. */
const DIVISION_DIGITS = 4;

/** `+ - *` of integers, where the engine wraps around without an error. */
export const integerOverflow: Rule = {
  name: 'overflow of integers in + - *',
  kind: 'rewritten',
  instead:
    'computed in a wider type and cast back, which fails on overflow as ANSI wants; left alone where the operands cannot get that far',
  examples: [
    'SELECT x + 1 AS y FROM VALUES (9223372036854775807) AS t(x)',
    'SELECT x - y AS z FROM VALUES (-2147483647, 5) AS t(x, y)',
    'SELECT x * y AS z FROM VALUES (3000000000, 3000000000) AS t(x, y)',
    'SELECT x + y AS a, x * y AS b, CAST(x AS SMALLINT) - CAST(y AS SMALLINT) AS c FROM VALUES (7, 5), (NULL, 1) AS t(x, y)',
    'SELECT transform(xs, x -> x * 2) AS ys FROM VALUES (array(1, 2, NULL)) AS t(xs)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'binary' || !['+', '-', '*'].includes(node.operator)) return;
    const operands = await operandTypes(node, scope, bench);
    if (!operands) return bench.undecided(node);
    const [left, right] = operands;
    if (!isInteger(left) || !isInteger(right)) return;
    const type = widerInteger(left, right);
    if ((await boundOf(node, scope, bench)) <= LARGEST_INTEGER[type.kind]!) return;
    const wide = type.kind === 'bigint' ? ['DECIMAL(19,0)', 'DECIMAL(19,0)'] : ['BIGINT', 'BIGINT'];
    const value = ['(CAST(', node.left, ` AS ${wide[0]}) ${node.operator} CAST(`, node.right, ` AS ${wide[1]}))`];
    node.parts = keptCast(value, type.kind.toUpperCase());
  },
};

/** The largest magnitude that an integer expression can take, as far as its form tells. */
async function boundOf(node: Node, scope: Scope, bench: Workbench): Promise<bigint> {
  const type = await bench.typeOf(node, scope);
  const most = LARGEST_INTEGER[type?.kind ?? 'bigint'] ?? LARGEST_INTEGER['bigint']!;
  if (node.kind === 'literal' && /^\d+[ls]?$/i.test(node.value)) return BigInt(node.value.replace(/\D/g, ''));
  if (node.kind === 'bracket' && node.children.length === 1) return boundOf(node.children[0]!, scope, bench);
  if (node.kind === 'unary') return boundOf(node.operand, scope, bench);
  if (node.kind === 'call') return smaller(BOUNDS[node.name] ?? most, most);
  if (node.kind === 'cast') {
    const inner = await bench.typeOf(node.operand, scope);
    return isInteger(inner) ? smaller(await boundOf(node.operand, scope, bench), most) : most;
  }
  if (node.kind !== 'binary' || !['+', '-', '*'].includes(node.operator)) return most;
  const [left, right] = [await boundOf(node.left, scope, bench), await boundOf(node.right, scope, bench)];
  return node.operator === '*' ? left * right : left + right;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

/** Decimal operations, to which the engine gives other scales. */
export const decimalArithmetic: Rule = {
  name: 'decimal / decimal, and the scale of other decimal arithmetic',
  kind: 'rewritten',
  instead: 'cast to the precision and scale that Spark gives; a division is computed to one digit more first',
  examples: [
    'SELECT a / b AS x FROM VALUES (CAST(10.50 AS DECIMAL(10, 2)), CAST(3.00 AS DECIMAL(10, 2))), (2.00, -7.00) AS t(a, b)',
    'SELECT a / 3 AS x, a / c AS y, 1 / a AS z FROM VALUES (CAST(10.50 AS DECIMAL(10, 2)), 7) AS t(a, c)',
    'SELECT a * b AS x, a + b AS y, a - b AS z, a * 3 AS u, a + 1 AS v, a % b AS w FROM VALUES (CAST(1.1 AS DECIMAL(30, 10)), CAST(2.2 AS DECIMAL(30, 4))) AS t(a, b)',
    'SELECT sum(a) / count(*) AS x, avg(a) * 100 AS y FROM VALUES (CAST(10.50 AS DECIMAL(10, 2))), (20.25) AS t(a)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'binary' || !['+', '-', '*', '/', '%'].includes(node.operator)) return;
    const operands = await operandTypes(node, scope, bench);
    if (!operands) return bench.undecided(node);
    const [left, right] = operands;
    if (left.kind !== 'decimal' && right.kind !== 'decimal') return;
    const [one, other] = [asDecimal(left, digitsOf(node.left)), asDecimal(right, digitsOf(node.right))];
    const wanted = one && other && decimalResult(node.operator, one, other);
    if (!one || !other || !wanted) return;
    const type = `DECIMAL(${wanted.precision},${wanted.scale})`;
    if (node.operator !== '/') {
      const sides = [side(node.left, left, one), side(node.right, right, other)];
      node.parts = keptCast(['(', ...sides[0]!, ` ${node.operator} `, ...sides[1]!, ')'], type);
      return;
    }
    const scale = Math.max(one.scale, wanted.scale + 1 - DIVISION_DIGITS);
    node.parts = keptCast(['(CAST(', node.left, ` AS DECIMAL(38,${scale})) / `, ...side(node.right, right, other), ')'], type);
  },
};

/** An operand as the decimal that Spark takes it for. */
function side(node: Node, given: SparkType, wanted: DecimalType): readonly (string | Node)[] {
  if (given.kind === 'decimal') return [node];
  return ['CAST(', node, ` AS DECIMAL(${wanted.precision},0))`];
}

/** `date - date`, of columns too. */
export const dateDifference: Rule = {
  name: 'date - date',
  kind: 'refused',
  instead: 'write datediff(a, b), a number of days',
  examples: ["SELECT a - b AS x FROM VALUES (DATE'2024-03-01', DATE'2024-02-01') AS t(a, b)"],
  async apply(node, scope, bench) {
    if (node.kind !== 'binary' || node.operator !== '-') return;
    const operands = await operandTypes(node, scope, bench);
    if (!operands) return bench.undecided(node);
    if (operands.every(({ kind }) => kind === 'date'))
      refuse(node, 'date - date', 'it gives a number of days, and Spark an interval', dateDifference.instead);
  },
};

async function operandTypes(node: Binary, scope: Scope, bench: Workbench): Promise<readonly [SparkType, SparkType] | undefined> {
  const [left, right] = [await bench.typeOf(node.left, scope), await bench.typeOf(node.right, scope)];
  return left && right ? [left, right] : undefined;
}
