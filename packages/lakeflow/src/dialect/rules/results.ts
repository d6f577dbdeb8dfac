import { formatType, type SparkType } from '../../engine/spark-type';
import { asWritten, type Node } from '../node';
import { asDecimal, decimalResult } from '../numeric-type';
import { type Rule, refuse, type Workbench } from '../rule';
import type { Scope } from '../scope';
import { digitsOf } from '../workbench';
import { keptCast } from './narrowing';

/** Functions whose results come in another type, and the type that Spark gives. */
const RESULTS: Readonly<Record<string, string>> = {
  datediff: 'INT',
  date_diff: 'INT',
  regexp_count: 'INT',
  bitmap_bit_position: 'BIGINT',
  bitmap_bucket_number: 'BIGINT',
};

export const resultTypes: Rule = {
  name: `the type of ${Object.keys(RESULTS).join(', ')}`,
  kind: 'rewritten',
  instead: 'cast to the type that Spark gives',
  examples: [
    "SELECT datediff(DATE'2024-03-01', DATE'2024-02-01') AS d, date_diff('2024-03-01', '2024-02-01') AS e",
    "SELECT regexp_count('abcabc', 'b') AS c, bitmap_bit_position(123) AS p, bitmap_bucket_number(123) AS b",
  ],
  apply(node) {
    if (node.kind !== 'call' || !Object.hasOwn(RESULTS, node.name)) return;
    if (node.name.startsWith('date') && node.arguments.length !== 2) return;
    node.parts = ['CAST(', ...asWritten(node), ` AS ${RESULTS[node.name]})`];
  },
};

export const dateTrunc: Rule = {
  name: 'date_trunc of a date or text',
  kind: 'rewritten',
  instead: 'the argument cast to TIMESTAMP, which is what Spark gives back',
  examples: [
    "SELECT date_trunc('MONTH', d) AS a, date_trunc('HOUR', '2024-03-04 05:06:07') AS b, date_trunc('DAY', ts) AS c FROM VALUES (DATE'2024-03-04', TIMESTAMP'2024-03-04 05:06:07') AS t(d, ts)",
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || node.name !== 'date_trunc' || node.arguments.length !== 2) return;
    const [unit, given] = node.arguments;
    const type = await bench.typeOf(given!, scope);
    if (!type) return bench.undecided(node);
    if (type.kind === 'date' || type.kind === 'string') node.parts = ['date_trunc(', unit!, ', CAST(', given!, ' AS TIMESTAMP))'];
  },
};

/** Tries with a timestamp lose the time zone. */
export const tryArithmetic: Rule = {
  name: 'try_add and try_subtract of timestamps and intervals',
  kind: 'refused',
  instead: 'write a + INTERVAL ..., a - INTERVAL ...',
  examples: [
    "SELECT try_add(TIMESTAMP'2021-01-01 00:00:00', INTERVAL 1 DAY) AS x",
    'SELECT try_subtract(INTERVAL 2 YEAR, INTERVAL 1 YEAR) AS x',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || !['try_add', 'try_subtract'].includes(node.name)) return;
    const type = await requireType(node, node.arguments[0], scope, bench);
    if (!type || !['timestamp', 'timestamp_ntz', 'interval', 'other'].includes(type.kind)) return;
    refuse(node, `${node.name} of ${formatType(type)}`, 'the type comes out otherwise', tryArithmetic.instead);
  },
};

export const leastInt: Rule = {
  name: 'the number -2147483648',
  kind: 'rewritten',
  instead: 'cast to INT: the engine reads it as a BIGINT',
  examples: ['SELECT -2147483648 AS x, try_subtract(-2147483648, 1) AS y, try_multiply(-2147483648, 10) AS z'],
  apply(node) {
    if (
      node.kind === 'unary' &&
      node.operator === '-' &&
      node.operand.kind === 'literal' &&
      node.operand.value === '2147483648'
    ) {
      node.parts = ['CAST(-2147483648 AS INT)'];
    }
  },
};

/** What no URI may hold (RFC 2396, by which `java.net.URI` judges), as a regular expression in SQL. */
const NOT_IN_URI = "'[\\\\s<>\"{}|\\\\\\\\^`]|%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)'";

export const parseUrl: Rule = {
  name: 'parse_url and try_parse_url of what is no address',
  kind: 'rewritten',
  instead: 'parse_url fails and try_parse_url gives NULL where the text has characters that no address may have',
  examples: [
    "SELECT try_parse_url(u, 'HOST') AS h FROM VALUES ('http://a.b/c?d=1'), ('inva lid://a.b/c'), (NULL) AS t(u)",
    "SELECT parse_url(u, 'QUERY', 'd') AS h FROM VALUES ('http://a.b/c?d=1'), (NULL) AS t(u)",
    "SELECT parse_url(u, 'HOST') AS h FROM VALUES ('inva lid://a.b/c') AS t(u)",
  ],
  apply(node) {
    if (node.kind !== 'call' || (node.name !== 'parse_url' && node.name !== 'try_parse_url')) return;
    const bad = node.name === 'parse_url' ? "raise_error('the text is no URL')" : 'NULL';
    node.parts = ['CASE WHEN ', node.arguments[0]!, ` RLIKE ${NOT_IN_URI} THEN ${bad} ELSE `, ...asWritten(node), ' END'];
  },
};

export const untypedList: Rule = {
  name: 'listagg of an untyped NULL',
  kind: 'refused',
  instead: 'cast the values to STRING',
  examples: ['SELECT listagg(x) AS l FROM VALUES (NULL), (NULL) AS t(x)'],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || !['listagg', 'string_agg'].includes(node.name)) return;
    const type = await requireType(node, node.arguments[0], scope, bench);
    if (type?.kind === 'void') refuse(node, node.name, 'it gives a row for each', untypedList.instead);
  },
};

export const nvl: Rule = {
  name: 'nvl and ifnull',
  kind: 'rewritten',
  instead: 'coalesce(a, b)',
  examples: ["SELECT nvl(NULL, array('2')) AS a, ifnull(x, 0) AS b FROM VALUES (1), (NULL) AS t(x)"],
  apply(node) {
    if (node.kind !== 'call' || (node.name !== 'nvl' && node.name !== 'ifnull') || node.arguments.length !== 2) return;
    node.parts = ['coalesce(', node.arguments[0]!, ', ', node.arguments[1]!, ')'];
  },
};

export const wholeDecimal: Rule = {
  name: 'floor and ceil of decimals without a scale',
  kind: 'rewritten',
  instead: 'the argument itself: Spark adds no digit',
  examples: [
    'SELECT floor(x) AS a, ceil(x) AS b, ceiling(y) AS c FROM VALUES (CAST(15 AS DECIMAL(10, 0)), CAST(1.5 AS DECIMAL(10, 2))), (NULL, -1.5) AS t(x, y)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || !['floor', 'ceil', 'ceiling'].includes(node.name) || node.arguments.length !== 1) return;
    const [given] = node.arguments;
    const type = await requireType(node, given, scope, bench);
    if (type?.kind === 'decimal' && type.scale === 0) node.parts = ['(', given!, ')'];
  },
};

export const nullIf: Rule = {
  name: 'nullif of a decimal and another type',
  kind: 'rewritten',
  instead: 'cast to the type of its first argument, which is what Spark gives',
  examples: [
    'SELECT nullif(x, 0) AS a, nullif(x, 1.5) AS b, abs(nullif(x, 0)) AS c FROM VALUES (CAST(1.50 AS DECIMAL(10, 2))), (0) AS t(x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || node.name !== 'nullif' || node.arguments.length !== 2) return;
    const type = await requireType(node, node.arguments[0], scope, bench);
    if (type?.kind === 'decimal') node.parts = keptCast(asWritten(node), formatType(type));
  },
};

export const isNan: Rule = {
  name: 'isnan of NULL',
  kind: 'rewritten',
  instead: 'coalesce(isnan(x), false)',
  examples: ["SELECT isnan(x) AS a, NOT isnan(x) AS b FROM VALUES (1.5D), (double('NaN')), (NULL) AS t(x)"],
  apply(node) {
    if (node.kind === 'call' && node.name === 'isnan') node.parts = ['coalesce(', ...asWritten(node), ', false)'];
  },
};

export const arrayContains: Rule = {
  name: 'array_contains on arrays with nulls',
  kind: 'rewritten',
  instead: 'NULL where the value is not found and the array holds a null, or the value is null',
  examples: [
    'SELECT array_contains(xs, x) AS found FROM VALUES (array(1, NULL), 1), (array(1, NULL), 2), (array(1), 2), (NULL, 1), (array(1), NULL) AS t(xs, x)',
  ],
  apply(node) {
    if (node.kind !== 'call' || node.name !== 'array_contains' || node.arguments.length !== 2) return;
    const [array, value] = [node.arguments[0]!, node.arguments[1]!];
    // Without a lambda: the engine cannot push a condition that has one down to a table.
    const unknown = [
      'CASE WHEN ',
      value,
      ' IS NULL OR size(array_compact(',
      array,
      ')) < size(',
      array,
      ') THEN CAST(NULL AS BOOLEAN) ELSE false END',
    ];
    node.parts = ['(array_contains(', array, ', ', value, ') OR ', ...unknown, ')'];
  },
};

export const fromJson: Rule = {
  name: 'from_json of an empty text',
  kind: 'rewritten',
  instead: 'NULL where the text is empty or blank',
  examples: ["SELECT from_json(j, 'a INT') AS s FROM VALUES ('{\"a\": 1}'), (''), ('  '), (NULL) AS t(j)"],
  apply(node) {
    if (node.kind !== 'call' || node.name !== 'from_json' || node.arguments.length < 2) return;
    const [json, ...rest] = node.arguments;
    node.parts = [
      'from_json(CASE WHEN trim(',
      json!,
      ") <> '' THEN ",
      json!,
      ' END',
      ...rest.flatMap((each) => [', ', each]),
      ')',
    ];
  },
};

const EXACT = ['tinyint', 'smallint', 'int', 'float', 'double'];

export const percentileApprox: Rule = {
  name: 'percentile_approx and approx_percentile',
  kind: 'rewritten',
  instead: 'the exact percentile_disc(...) WITHIN GROUP (ORDER BY x), in the type of x: an element, never an interpolation',
  examples: [
    'SELECT percentile_approx(x, 0.5) AS a, approx_percentile(x, 0.25, 100) AS b, percentile_approx(x, array(0.1, 0.9)) AS c FROM VALUES (1), (2), (3), (4) AS t(x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || !['percentile_approx', 'approx_percentile'].includes(node.name)) return;
    const [given, share] = node.arguments;
    const type = given && (await bench.typeOf(given, scope));
    if (!type) return bench.undecided(node);
    if (!share || !EXACT.includes(type.kind) || node.distinct || node.windowed) {
      refuse(
        node,
        `${node.name} of ${formatType(type)}`,
        'it interpolates between elements, in DOUBLE',
        'write percentile_disc(0.5) WITHIN GROUP (ORDER BY CAST(x AS DOUBLE)), or sort and pick the row',
      );
    }
    const one = (each: Node): readonly (string | Node)[] => [
      'CAST(percentile_disc(',
      each,
      ') WITHIN GROUP (ORDER BY ',
      given!,
      ') ',
      node.tail,
      ` AS ${formatType(type)})`,
    ];
    if (share.kind !== 'call' || share.name !== 'array') node.parts = one(share);
    else
      node.parts = ['array(', ...share.arguments.flatMap((each, index) => [...(index === 0 ? [] : [', ']), ...one(each)]), ')'];
  },
};

export async function requireType(
  node: Node,
  given: Node | undefined,
  scope: Scope,
  bench: Workbench,
): Promise<SparkType | undefined> {
  const type = given && (await bench.typeOf(given, scope));
  if (!type) bench.undecided(node);
  return type;
}

/** `mod` and `pmod` are `%` by another name. */
export const remainders: Rule = {
  name: 'mod and pmod of decimals',
  kind: 'rewritten',
  instead: 'cast to the precision and scale that Spark gives',
  examples: [
    'SELECT mod(x, 2) AS a, pmod(-x, y) AS b FROM VALUES (CAST(5.5 AS DECIMAL(5, 2)), CAST(2 AS DECIMAL(9, 1))) AS t(x, y)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || (node.name !== 'mod' && node.name !== 'pmod') || node.arguments.length !== 2) return;
    const [left, right] = [node.arguments[0]!, node.arguments[1]!];
    const types = [await requireType(node, left, scope, bench), await requireType(node, right, scope, bench)];
    if (!types.some((type) => type?.kind === 'decimal')) return;
    const [one, other] = [types[0] && asDecimal(types[0], digitsOf(left)), types[1] && asDecimal(types[1], digitsOf(right))];
    const wanted = one && other && decimalResult('%', one, other);
    if (wanted) node.parts = keptCast(asWritten(node), formatType(wanted));
  },
};

export const negativeLength: Rule = {
  name: 'left and right with a negative length',
  kind: 'rewritten',
  instead: 'a length below 0 is 0',
  examples: [
    "SELECT left(s, n) AS a, right(s, n) AS b, left(s, 2) AS c FROM VALUES ('abc', -1), ('abc', 2), ('abc', NULL) AS t(s, n)",
  ],
  apply(node) {
    if (node.kind !== 'call' || (node.name !== 'left' && node.name !== 'right') || node.arguments.length !== 2) return;
    const [text, length] = [node.arguments[0]!, node.arguments[1]!];
    if (length.kind !== 'literal')
      node.parts = [`${node.name}(`, text, ', CASE WHEN ', length, ' < 0 THEN 0 ELSE ', length, ' END)'];
  },
};
