import { quoteName, type SparkField } from '../../engine/spark-type';
import { syntaxError, unsupported } from '../../sql/syntax-error';
import type { Item, Node, Relation, SelectNode, Star } from '../node';
import type { Rule, Workbench } from '../rule';
import type { Scope, ScopedRelation } from '../scope';

/** Columns that the engine shows and Databricks hides from `*`. */
const HIDDEN = '_metadata';

export const starExcept: Rule = {
  name: '* EXCEPT (...)',
  kind: 'rewritten',
  instead: 'the columns by name',
  examples: [
    'SELECT * EXCEPT (b) FROM VALUES (1, 2, 3) AS t(a, b, c)',
    'SELECT t.* EXCEPT (a), u.* FROM VALUES (1, 2) AS t(a, b) JOIN VALUES (1, 5) AS u(a, d) ON t.a = u.a',
    'SELECT * EXCEPT (v) FROM VALUES (1, 2) AS t(k, v) JOIN VALUES (1, 5) AS u(k, w) USING (k)',
    'SELECT t.* FROM VALUES (1, 2) AS t(k, v) JOIN VALUES (1, 5) AS u(k, w) USING (k)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'select') return;
    for (const item of node.items) {
      const star = item.expression;
      if (star.kind !== 'star') continue;
      const qualifiedAfterUsing = star.qualifier.length > 0 && scope.merged.size > 0;
      if (star.except.length === 0 && !qualifiedAfterUsing) continue;
      const columns = await columnsOfStar(star, node, scope, bench);
      const kept = columns.filter((column) => !star.except.some((names) => column.isNamed(names)));
      const missing = star.except.find((names) => !columns.some((column) => column.isNamed(names)));
      if (missing)
        throw syntaxError(
          star.location,
          `there is no column ${missing.join('.')} to leave out`,
          `columns are ${columns.map(({ name }) => name).join(', ')}`,
        );
      if (kept.length === 0) throw syntaxError(star.location, '* EXCEPT (...) leaves no column', 'leave out fewer');
      star.parts = [kept.map(({ sql }) => sql).join(', ')];
    }
  },
};

export interface StarColumn {
  readonly name: string;
  readonly sql: string;
  isNamed(names: readonly string[]): boolean;
}

/** What a star stands for, in order. @throws LakewrightError LAKEFLOW_UNSUPPORTED when the engine cannot tell */
export async function columnsOfStar(
  star: Star,
  select: SelectNode,
  scope: Scope,
  bench: Workbench,
): Promise<readonly StarColumn[]> {
  const wanted = star.qualifier.at(-1)?.toLowerCase();
  if (wanted === undefined && scope.merged.size > 0) {
    const fields = await bench.fieldsOf(
      `${scope.with}SELECT * FROM ${[select.from, ...select.views].map((part) => (part ? bench.render(part) : '')).join(' ')}`,
    );
    return known(fields, star).map(({ name }) => starColumn(name, undefined, scope));
  }
  const relations = scope.relations.filter(({ alias }) => wanted === undefined || alias?.toLowerCase() === wanted);
  if (relations.length === 0 || (select.views.length > 0 && wanted === undefined)) {
    throw unsupported(star.location, 'this * EXCEPT (...) cannot be written out', 'name the columns');
  }
  const columns: StarColumn[] = [];
  for (const relation of relations) {
    for (const { name } of known(await relation.columns(), star)) columns.push(starColumn(name, relation, scope));
  }
  return columns;
}

function known(fields: readonly SparkField[] | undefined, star: Star): readonly SparkField[] {
  if (fields) return fields.filter(({ name }) => name.toLowerCase() !== HIDDEN);
  throw unsupported(star.location, 'the columns that * stands for here cannot be told', 'name the columns');
}

function starColumn(name: string, relation: ScopedRelation | undefined, scope: Scope): StarColumn {
  const merged = scope.merged.has(name.toLowerCase());
  const qualifier = relation?.alias !== undefined && !merged ? `${quoteName(relation.alias)}.` : '';
  return {
    name,
    sql: `${qualifier}${quoteName(name)}`,
    isNamed: (names) => {
      if (names.at(-1)?.toLowerCase() !== name.toLowerCase()) return false;
      return names.length === 1 || names.at(-2)?.toLowerCase() === relation?.alias?.toLowerCase();
    },
  };
}

/** `a.k` after `JOIN ... USING (k)`. */
export const usingColumn: Rule = {
  name: 'a column of JOIN USING, qualified',
  kind: 'rewritten',
  instead: 'the column without its qualifier, for the side whose values it has',
  examples: [
    'SELECT t.k, u.w FROM VALUES (1, 2) AS t(k, v) LEFT JOIN VALUES (1, 5) AS u(k, w) USING (k)',
    'SELECT u.k, t.v FROM VALUES (1, 2), (2, 3) AS t(k, v) JOIN VALUES (1, 5) AS u(k, w) USING (k) WHERE t.k = 1',
  ],
  apply(node, scope) {
    if (node.kind !== 'select' || scope.merged.size === 0 || !node.from) return;
    const keeps = sidesKept(node.from);
    visit(node, (each) => {
      if (each.kind !== 'column' || each.names.length !== 2) return;
      const [qualifier = '', name = ''] = each.names.map((part) => part.toLowerCase());
      if (!scope.merged.has(name) || !scope.relations.some(({ alias }) => alias?.toLowerCase() === qualifier)) return;
      const side = keeps.get(`${qualifier}.${name}`);
      if (side === undefined) return;
      if (!side) {
        throw unsupported(
          each.location,
          `${each.names.join('.')} after an outer JOIN USING is not supported: it differs from ${name} where no row matched`,
          `join with ON a.${name} = b.${name}`,
        );
      }
      each.parts = [quoteName(each.names[1]!)];
    });
  },
};

/** By `alias.column`: whether the merged column has the values of that side in every row. */
function sidesKept(from: Relation): ReadonlyMap<string, boolean> {
  const kept = new Map<string, boolean>();
  const aliases = (node: Relation): readonly string[] => {
    if (node.kind === 'grouped' && node.alias === undefined) return aliases(node.inner as Relation);
    if (node.kind !== 'join') return node.alias === undefined ? [] : [node.alias.toLowerCase()];
    const [left, right] = [aliases(node.left as Relation), aliases(node.right as Relation)];
    const isRight = node.words.includes('RIGHT');
    const isFull = node.words.includes('FULL');
    const isLeft = node.words.includes('LEFT') && !node.words.includes('SEMI') && !node.words.includes('ANTI');
    for (const name of node.using ?? []) {
      for (const alias of left) kept.set(`${alias}.${name}`, (kept.get(`${alias}.${name}`) ?? true) && !isRight && !isFull);
      for (const alias of right) kept.set(`${alias}.${name}`, !isLeft && !isFull);
    }
    return [...left, ...right];
  };
  aliases(from);
  return kept;
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const child of node.children) {
    if (child.kind === 'join' || child.kind === 'derived' || child.kind === 'query' || child.kind === 'grouped') continue;
    visit(child, look);
  }
}

const AGGREGATES = new Set(
  (
    'any any_value approx_count_distinct approx_percentile array_agg avg bit_and bit_or bit_xor bool_and bool_or collect_list collect_set corr ' +
    'count count_if count_min_sketch covar_pop covar_samp every first first_value grouping grouping_id histogram_numeric kurtosis last last_value listagg ' +
    'max max_by mean median min min_by mode percentile percentile_approx percentile_cont percentile_disc product regr_avgx regr_avgy ' +
    'regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy skewness some std stddev stddev_pop stddev_samp string_agg sum ' +
    'try_avg try_sum var_pop var_samp variance bitmap_construct_agg bitmap_or_agg hll_sketch_agg hll_union_agg schema_of_variant_agg'
  ).split(' '),
);

function hasAggregate(node: Node): boolean {
  if (node.kind === 'query') return false;
  if (node.kind === 'call' && AGGREGATES.has(node.name) && !node.windowed) return true;
  return node.children.some(hasAggregate);
}

function hasWindow(node: Node): boolean {
  if (node.kind === 'query') return false;
  return (node.kind === 'call' && node.windowed) || node.children.some(hasWindow);
}

export const groupByAll: Rule = {
  name: 'GROUP BY ALL',
  kind: 'rewritten',
  instead: 'the expressions of the select list that hold no aggregate',
  examples: [
    'SELECT a, b + 1 AS c, count(*) AS n FROM VALUES (1, 2), (1, 2), (2, 3) AS t(a, b) GROUP BY ALL',
    'SELECT count(*) AS n, 7 AS seven FROM VALUES (1), (2) AS t(a) GROUP BY ALL',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'select' || !node.groupAll) return;
    const keys: string[] = [];
    for (const { expression } of node.items) {
      if (hasWindow(expression))
        throw unsupported(
          expression.location,
          'GROUP BY ALL with a window function is not supported',
          'name the columns to group by',
        );
      if (hasAggregate(expression) || isConstant(expression)) continue;
      if (expression.kind === 'star') keys.push(...(await columnsOfStar(expression, node, scope, bench)).map(({ sql }) => sql));
      else keys.push(bench.render(expression));
    }
    replaceTokens(node, node.groupAll, keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : '');
  },
};

function isConstant(node: Node): boolean {
  return node.kind === 'literal' || (node.kind === 'unary' && isConstant(node.operand));
}

/** Puts other text in the place of tokens that belong to no child: a leaf that stands for them. */
export function replaceTokens(node: SelectNode, [start, end]: readonly [number, number], text: string): void {
  const leaf: Node = { kind: 'other', start, end, children: [], location: node.location, parts: [text] };
  const rest = node.children.filter((child) => child.start < start || child.start >= end);
  (node as { children: readonly Node[] }).children = [...rest, leaf].sort((a, b) => a.start - b.start);
}

export const qualify: Rule = {
  name: 'QUALIFY',
  kind: 'rewritten',
  instead: 'a subquery that computes the condition, and WHERE outside',
  examples: [
    'SELECT k, v FROM VALUES (1, 2), (1, 3), (2, 4) AS t(k, v) QUALIFY row_number() OVER (PARTITION BY k ORDER BY v DESC) = 1',
    'SELECT *, rank() OVER (ORDER BY v) AS r FROM VALUES (1, 2), (1, 3), (2, 4) AS t(k, v) QUALIFY r < 3',
    'SELECT k, sum(v) AS s FROM VALUES (1, 2), (1, 3), (2, 4) AS t(k, v) GROUP BY k QUALIFY row_number() OVER (ORDER BY s) = 1',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'select' || !node.qualify) return;
    const { condition, at } = node.qualify;
    if (node.distinct)
      throw unsupported(
        node.location,
        'QUALIFY with SELECT DISTINCT is not supported',
        'put the SELECT with QUALIFY into a subquery',
      );
    await putAliases(condition, scope, bench);
    const text = bench.render(condition);
    replaceTokens(node, at, '');
    const plain = bench.render(node);
    const columns = (await bench.describe(`${scope.with}${plain}`))?.filter(({ name }) => name.toLowerCase() !== HIDDEN);
    if (!columns) {
      // The engine says what is wrong, in its own words.
      node.parts = [plain];
      return;
    }
    const names = columns.map(({ name }) => quoteName(name)).join(', ');
    const last = node.items.at(-1) as Item;
    const inner = {
      ...node,
      parts: undefined,
      children: node.children.map((child) =>
        child === last ? { ...last, parts: [bench.render(last), `, (${text}) AS lakewright_qualify`] } : child,
      ),
    };
    node.parts = [`SELECT ${names} FROM (`, inner, ') WHERE lakewright_qualify'];
  },
};

/** QUALIFY may name columns of the select list; a column of FROM comes first. */
async function putAliases(node: Node, scope: Scope, bench: Workbench): Promise<void> {
  if (node.kind === 'column' && node.names.length === 1) {
    const name = node.names[0]!.toLowerCase();
    const expression = scope.aliases.get(name);
    if (!expression) return;
    for (const relation of scope.relations) {
      if ((await relation.columns())?.some((column) => column.name.toLowerCase() === name)) return;
    }
    node.parts = ['(', bench.render(expression), ')'];
    return;
  }
  for (const child of node.children) await putAliases(child, scope, bench);
}
