import { quoteName } from '../../engine/spark-type';
import { unsupported } from '../../sql/syntax-error';
import type { Item, Join, Node, Relation } from '../node';
import { type Rule, refuse } from '../rule';

/** After a comma or CROSS JOIN the engine keeps rows whose array is empty or null. */
export const lateralGenerator: Rule = {
  name: 'FROM t, LATERAL explode(...)',
  kind: 'rewritten',
  instead: 'JOIN LATERAL explode(...), which leaves out rows whose array is empty or null as Spark does',
  examples: [
    'SELECT id, x FROM VALUES (1, array(1, 2)), (2, array()), (3, NULL) AS t(id, xs), LATERAL explode(xs) AS e(x)',
    'SELECT id, z, x FROM VALUES (1, array(1, 2)) AS t(id, xs), VALUES (7) AS u(z), LATERAL explode(t.xs) AS e(x)',
    'SELECT id, x FROM VALUES (1, array(1, 2)), (2, array()) AS t(id, xs) CROSS JOIN LATERAL explode(xs) AS e(x)',
  ],
  apply(node) {
    if (node.kind !== 'join') return;
    const right = leftmost(node.right as Relation);
    if (right.kind !== 'derived' || !right.lateral || !right.generator) return;
    if (node.words.join(' ') !== ',' && node.words.join(' ') !== 'CROSS') return;
    if (right !== node.right && node.words[0] === ',') {
      throw unsupported(
        right.location,
        'a join with a LATERAL function after a comma is not supported',
        'put the LATERAL function last, or write LATERAL VIEW',
      );
    }
    crossCommas(node.left as Relation);
    node.parts = [node.left, ' JOIN ', node.right];
  },
};

function leftmost(node: Relation): Relation {
  return node.kind === 'join' ? leftmost(node.left as Relation) : node;
}

/** `a, b JOIN LATERAL f(a.x)` would not see a: commas before become CROSS JOINs. */
function crossCommas(node: Relation): void {
  if (node.kind !== 'join') return;
  crossCommas(node.left as Relation);
  if (node.words[0] !== ',' || node.parts) return;
  if (hasOuter(node.right as Relation)) {
    throw unsupported(
      node.location,
      'a RIGHT or FULL JOIN between a comma and LATERAL is not supported',
      'put that join into a subquery',
    );
  }
  node.parts = [node.left, ' CROSS JOIN ', node.right];
}

function hasOuter(node: Relation): boolean {
  if (node.kind !== 'join') return false;
  return (
    (node as Join).words.some((word) => word === 'RIGHT' || word === 'FULL') ||
    hasOuter(node.left as Relation) ||
    hasOuter(node.right as Relation)
  );
}

/**
 * The engine takes no PIVOT after an alias or a function, so an aggregate a value is written out. Where no row has the value there
 * is NULL and not 0, as in Spark ("PIVOT clause").
 */
export const pivot: Rule = {
  name: 'PIVOT',
  kind: 'rewritten',
  instead: 'one aggregate with FILTER a value, grouped by the columns that PIVOT does not name',
  examples: [
    "SELECT * FROM (SELECT * FROM VALUES (1, 'a', 5), (1, 'b', 6), (2, 'a', 7) AS t(id, k, v)) PIVOT (sum(v) FOR k IN ('a', 'b'))",
    "SELECT * FROM (SELECT * FROM VALUES (1, 'a', 5), (1, 'b', 6), (2, 'a', 7) AS t(id, k, v)) PIVOT (sum(v) AS s, count(*) AS n FOR k IN ('a' AS x, 'b'))",
    "SELECT id, y FROM (SELECT * FROM VALUES (1, 'a', 5), (1, 'b', 6), (2, 'a', 7) AS t(id, k, v)) PIVOT (max(v) FOR (k) IN ('a' AS x, 'b' AS y)) AS p ORDER BY id",
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'pivot') return;
    const input = bench.render(node.input);
    const fields = await bench.fieldsOf(`${scope.with}SELECT * FROM ${input}`);
    if (!fields)
      throw unsupported(
        node.location,
        'the columns that PIVOT groups by cannot be told',
        'select the columns in a subquery before PIVOT',
      );
    const used = new Set(columnsIn([...node.columns, ...node.aggregates]));
    const keys = fields
      .filter(({ name }) => !used.has(name.toLowerCase()) && name.toLowerCase() !== '_metadata')
      .map(({ name }) => quoteName(name));
    const cells = node.values.flatMap((value) =>
      node.aggregates.map((aggregate) => cell(node.columns, value, aggregate, node.aggregates.length, bench.render)),
    );
    const grouped = keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : '';
    const alias = node.alias === undefined ? '' : ` AS ${quoteName(node.alias)}`;
    node.parts = [`(SELECT ${[...keys, ...cells].join(', ')} FROM ${input}${grouped})${alias}`];
  },
};

function columnsIn(nodes: readonly Node[]): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'column' ? [node.names.at(-1)!.toLowerCase()] : columnsIn(node.children)));
}

function cell(
  columns: readonly Node[],
  value: Item,
  aggregate: Item,
  aggregates: number,
  render: (node: Node) => string,
): string {
  const { expression } = aggregate;
  if (expression.kind !== 'call' || expression.windowed) {
    throw unsupported(aggregate.location, 'PIVOT takes plain aggregates here', 'compute the expression in a SELECT around PIVOT');
  }
  const wanted = columns.length === 1 ? [value.expression] : value.expression.children;
  const match = columns
    .map((column, index) => `${render(column)} <=> ${render(wanted[index] ?? value.expression)}`)
    .join(' AND ');
  const label = value.alias ?? labelOf(wanted);
  const name = aggregates === 1 ? label : `${label}_${aggregate.alias ?? render(expression)}`;
  const filtered = { ...expression, parts: undefined, children: expression.children };
  return `CASE WHEN count_if(${match}) > 0 THEN ${withFilter(render(filtered), match)} END AS ${quoteName(name)}`;
}

/** What Spark calls the column of a value without an alias: the value as text. */
function labelOf(values: readonly Node[]): string {
  const texts = values.map((value) => {
    if (value.kind === 'literal' && ['string', 'int', 'bigint', 'boolean'].includes(value.type))
      return value.type === 'boolean' ? value.value.toLowerCase() : value.value;
    throw unsupported(value.location, 'this value of PIVOT needs a name', 'give it one with AS');
  });
  return texts.length === 1 ? texts[0]! : `{${texts.join(', ')}}`;
}

function withFilter(aggregate: string, match: string): string {
  return `${aggregate} FILTER (WHERE ${match})`;
}

export const variantTable: Rule = {
  name: 'variant_explode',
  kind: 'refused',
  instead: 'keep JSON as STRING: from_json(...) and explode',
  examples: ['SELECT * FROM variant_explode(parse_json(\'["a"]\'))'],
  apply(node) {
    if (node.kind !== 'derived' || !node.generator) return;
    const { name } = node.generator;
    if (name.startsWith('variant_explode')) refuse(node, name, 'texts keep their quotes', variantTable.instead);
  },
};

const ON_MAPS: Readonly<Record<string, string>> = { explode: 'inline', explode_outer: 'inline_outer' };

/** The engine gives no rows at all for a map. */
export const explodeMap: Rule = {
  name: 'explode of a map',
  kind: 'rewritten',
  instead: 'inline(map_entries(m)); posexplode of a map is refused',
  examples: [
    "SELECT id, k, v FROM VALUES (1, map('a', 1, 'b', 2)), (2, NULL) AS t(id, m) LATERAL VIEW explode(m) e AS k, v",
    "SELECT id, k, v FROM VALUES (1, map('a', 1)), (2, NULL) AS t(id, m) LATERAL VIEW OUTER explode(m) e AS k, v",
    "SELECT explode(m) AS (k, v) FROM VALUES (map('a', 1, 'b', 2)) AS t(m)",
    "SELECT id, k, v FROM VALUES (1, map('a', 1, 'b', 2)) AS t(id, m), LATERAL explode(m) AS e(k, v)",
  ],
  async apply(node, scope, bench) {
    const call =
      node.kind === 'derived' ? node.generator : node.kind === 'call' || node.kind === 'lateral_view' ? node : undefined;
    const [given] = call?.arguments ?? [];
    if (!call || !given || !/^(?:pos)?explode(?:_outer)?$/.test(call.name)) return;
    const type = await bench.typeOf(given, scope);
    if (!type) return bench.undecided(node);
    if (type.kind !== 'map') return;
    const instead = ON_MAPS[call.name];
    if (!instead)
      refuse(
        node,
        `${call.name} of a map`,
        'it gives no rows',
        'write posexplode(map_entries(m)), whose value is a struct of key and value',
      );
    const self: Node = node.kind === 'call' ? { ...node, parts: undefined } : { ...node, parts: undefined };
    given.parts = ['map_entries(', { ...given }, ')'];
    const at = node.kind === 'call' ? node.start : (call as { at: number }).at;
    const name: Node = { kind: 'other', start: at, end: at + 1, children: [], location: node.location, parts: [instead] };
    (self as { children: readonly Node[] }).children = [...node.children, name].sort((a, b) => a.start - b.start);
    node.parts = [self];
  },
};
