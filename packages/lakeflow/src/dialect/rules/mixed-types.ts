import { formatType, type SparkType } from '../../engine/spark-type';
import { decimalAsFloating } from '../double-digits';
import type { Node } from '../node';
import { asDecimal, isInteger } from '../numeric-type';
import { type Rule, refuse, type Workbench } from '../rule';
import type { Scope } from '../scope';

/** Functions whose result has the common type of their arguments, and from which argument on. */
const COMMON: Readonly<Record<string, number>> = {
  coalesce: 0,
  ifnull: 0,
  nvl: 0,
  nvl2: 1,
  if: 1,
  iff: 1,
  array: 0,
  greatest: 0,
  least: 0,
};

export const mixedTypes: Rule = {
  name: 'alternatives of different types (CASE, coalesce, if, array ...)',
  kind: 'rewritten',
  instead:
    'DECIMAL beside DOUBLE becomes DOUBLE, DATE beside TIMESTAMP becomes TIMESTAMP; text beside something else, and decimals that need more than 38 digits together, are refused: CAST one side',
  examples: [
    'SELECT greatest(w + w, w) AS a FROM VALUES (CAST(1.5 AS DECIMAL(38, 18))) AS t(w)',
    'SELECT coalesce(a, b) AS x, greatest(a, b, 3) AS y FROM VALUES (CAST(1.5 AS DECIMAL(10, 2)), CAST(2.25 AS DECIMAL(20, 10))) AS t(a, b)',
    'SELECT CASE WHEN x > 1 THEN 1.50 ELSE 2D END AS a, coalesce(NULL, 1.5, x) AS b, if(x > 1, 0.25, x) AS c FROM VALUES (1.5D), (0.5D) AS t(x)',
    "SELECT coalesce(d, ts) AS a FROM VALUES (DATE'2024-01-01', TIMESTAMP'2024-01-01 01:00:00') AS t(d, ts)",
  ],
  async apply(node, scope, bench) {
    const from = node.kind === 'call' ? COMMON[node.name] : undefined;
    const given =
      node.kind === 'call' && from !== undefined ? node.arguments.slice(from) : node.kind === 'other' ? node.results : undefined;
    if (!given || given.length < 2) return;
    const types = await Promise.all(given.map((each) => bench.typeOf(each, scope)));
    const common = commonCast(node, types);
    if (!common) return;
    for (const [index, each] of given.entries()) {
      const type = types[index];
      if (!type || type.kind === 'void' || type.kind === common) continue;
      each.parts =
        type.kind === 'decimal' ? decimalAsFloating([{ ...each }], type) : ['CAST(', { ...each }, ` AS ${common.toUpperCase()})`];
    }
  },
};

export const mixedComparison: Rule = {
  name: 'comparisons of DECIMAL and DOUBLE',
  kind: 'rewritten',
  instead: 'the DECIMAL is cast to DOUBLE, as Spark does; the engine casts the DOUBLE to DECIMAL(30, 15)',
  examples: [
    "SELECT m < d AS a, m = d AS b, m IN (d, 2.5D) AS c, d BETWEEN m AND 1E30D AS e FROM VALUES (CAST(0 AS DECIMAL(10, 2)), 1E-17D), (1.10, 1.1D), (2.50, double('NaN')), (NULL, 1D) AS t(m, d)",
    'SELECT w > d AS a, w <=> d AS b FROM VALUES (CAST(5 AS DECIMAL(38, 18)), 1E20D) AS t(w, d)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'predicate') return;
    const given = node.children.flatMap((child) => (child.kind === 'bracket' ? child.children : [child]));
    const operands = given.filter((each) => each.kind !== 'query' && !isHarmless(each));
    if (operands.length < 2) return;
    const types = await Promise.all(operands.map((each) => bench.typeOf(each, scope)));
    if (!types.some((type) => type?.kind === 'double' || type?.kind === 'float')) return;
    for (const [index, each] of operands.entries()) {
      const type = types[index];
      if (type?.kind === 'decimal') each.parts = decimalAsFloating([{ ...each }], type);
    }
  },
};

/** Whole numbers, texts, dates: what is compared with anything as it is. */
function isHarmless(node: Node): boolean {
  return node.kind === 'literal' && !/^(?:decimal|double|float)/i.test(node.type);
}

/** The type to cast to where the engine would take another common type than Spark. */
function commonCast(node: Node, given: readonly (SparkType | undefined)[]): 'double' | 'timestamp' | undefined {
  const types = given.filter((type): type is SparkType => type !== undefined && type.kind !== 'void');
  const kinds = new Set<string>(types.map(({ kind }) => kind));
  refuseWideDecimals(node, types);
  if (kinds.size < 2) return undefined;
  if (kinds.has('string') || kinds.has('char') || kinds.has('varchar')) {
    const other = types.find(({ kind }) => !['string', 'char', 'varchar'].includes(kind));
    if (other)
      refuse(
        node,
        `text beside ${formatType(other)}`,
        'it gives text, and Spark the other type',
        'CAST one side to the type of the other',
      );
  }
  const floats = kinds.has('double') || kinds.has('float');
  if (floats && types.every((type) => isInteger(type) || ['decimal', 'double', 'float'].includes(type.kind))) return 'double';
  return kinds.has('date') && kinds.has('timestamp') && kinds.size === 2 ? 'timestamp' : undefined;
}

/** Where all digits of two decimals need more than 38, Spark keeps those before the point, and the engine those after it. */
function refuseWideDecimals(node: Node, types: readonly SparkType[]): void {
  if (!types.some(({ kind }) => kind === 'decimal')) return;
  const decimals = types.flatMap((type) => asDecimal(type) ?? []);
  const whole = Math.max(...decimals.map(({ precision, scale }) => precision - scale));
  const scale = Math.max(...decimals.map((each) => each.scale));
  if (whole + scale <= 38) return;
  const shown = [...new Set(decimals.map(formatType))].join(' beside ');
  refuse(node, shown, 'it gives another scale than Spark', 'CAST one side to the type of the other');
}

export const setOperations: Rule = {
  name: 'UNION, EXCEPT and INTERSECT of different types',
  kind: 'refused',
  instead: 'CAST the columns of one side to the types of the other',
  examples: ["SELECT 1 AS a UNION ALL SELECT '2'", 'SELECT 1.5 AS a UNION ALL SELECT 2.25D'],
  async apply(node, scope, bench) {
    if (node.kind !== 'query' || node.operands.length < 2) return;
    const inner = withOf(node, scope, bench);
    const [first, ...others] = await Promise.all(
      node.operands.map((operand) => bench.fieldsOf(`${inner}${bench.render(operand)}`)),
    );
    for (const other of others) {
      for (const [index, field] of (first ?? []).entries()) {
        const opposite = other?.[index];
        if (!opposite || commonCast(node, [field.type, opposite.type]) === undefined) continue;
        const types = `${formatType(field.type)} and ${formatType(opposite.type)}`;
        refuse(
          node,
          `a set operation of ${types}`,
          `the column ${field.name} gets another type than in Spark`,
          setOperations.instead,
        );
      }
    }
  },
};

function withOf(node: Extract<Node, { kind: 'query' }>, scope: Scope, bench: Workbench): string {
  if (node.with.length === 0) return scope.with;
  const own = node.with.map((table) => bench.render(table)).join(', ');
  return scope.with === '' ? `WITH ${own} ` : `${scope.with.trimEnd()}, ${own} `;
}

export const floatArithmetic: Rule = {
  name: 'FLOAT with integers and decimals, DOUBLE with decimals, in + - * / %',
  kind: 'rewritten',
  instead: 'FLOAT and DECIMAL cast to DOUBLE, which is what Spark computes in',
  examples: ['SELECT x * 2 AS a, x + 1.5 AS b, x / 3 AS c, x - y AS d FROM VALUES (CAST(1.5 AS FLOAT), 2.25D) AS t(x, y)'],
  async apply(node, scope, bench) {
    if (node.kind !== 'binary' || !['+', '-', '*', '/', '%'].includes(node.operator)) return;
    const [left, right] = [await bench.typeOf(node.left, scope), await bench.typeOf(node.right, scope)];
    if (!left || !right) return bench.undecided(node);
    const wide = (type: SparkType) => isInteger(type) || type.kind === 'decimal';
    if (left.kind === 'float' && wide(right))
      node.parts = ['(CAST(', node.left, ` AS DOUBLE) ${node.operator} `, node.right, ')'];
    if (right.kind === 'float' && wide(left))
      node.parts = ['(', node.left, ` ${node.operator} CAST(`, node.right, ' AS DOUBLE))'];
    if (left.kind === 'decimal' && right.kind === 'double')
      node.parts = ['(', ...decimalAsFloating([node.left], left), ` ${node.operator} `, node.right, ')'];
    if (left.kind === 'double' && right.kind === 'decimal')
      node.parts = ['(', node.left, ` ${node.operator} `, ...decimalAsFloating([node.right], right), ')'];
  },
};
