import { formatType, type SparkType } from '../../engine/spark-type';
import type { Call, Node } from '../node';
import { type Rule, refuse, type Workbench } from '../rule';
import type { Scope } from '../scope';

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

/** Tries with a timestamp lose the time zone, tries with small integers come back wider. */
export const tryArithmetic: Rule = {
  name: 'try_add, try_subtract, try_multiply',
  kind: 'refused',
  instead: 'write try_cast(CAST(a AS DECIMAL(38, 0)) + b AS BIGINT); for timestamps a + INTERVAL ...',
  examples: ['SELECT try_subtract(-2147483648, 1) AS x', "SELECT try_add(TIMESTAMP'2021-01-01 00:00:00', INTERVAL 1 DAY) AS x"],
  apply(node) {
    if (node.kind !== 'call' || !['try_add', 'try_subtract', 'try_multiply'].includes(node.name)) return;
    refuse(node, node.name, 'types and overflow come out otherwise', tryArithmetic.instead);
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
    const unknown = [
      'CASE WHEN ',
      value,
      ' IS NULL OR exists(',
      array,
      ', lakewright_e -> lakewright_e IS NULL) THEN CAST(NULL AS BOOLEAN) ELSE false END',
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

/** The call itself, its children rewritten. */
export function asWritten(node: Call): readonly (string | Node)[] {
  return [{ ...node, parts: undefined }];
}

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
