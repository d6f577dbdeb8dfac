import type { ReadReplacement } from '../sql';
import type { Cursor } from '../sql/cursor';
import { parseNameList } from '../sql/names';
import { atJoin, atLateralView, canBeAlias } from '../sql/relation-words';
import type { CommonTable, Item, LateralView, Node, QueryNode, Relation, SelectNode } from './node';
import { isName } from './parse-call';
import { ExpressionParser } from './parse-expression';

/** Parses one query of Spark SQL to a tree whose leaves are the tokens. */
export class QueryParser extends ExpressionParser {
  constructor(
    cursor: Cursor,
    private readonly replacements: readonly ReadReplacement[] = [],
  ) {
    super(cursor);
  }

  atQuery(): boolean {
    const { cursor } = this;
    let ahead = 0;
    while (cursor.isSymbol('(', ahead)) ahead++;
    const { keyword } = cursor.peek(ahead);
    const after = cursor.peek(ahead + 1);
    if (keyword === 'SELECT') return after.text !== '.' && after.text !== ')' && after.text !== ',';
    if (keyword === 'WITH' || keyword === 'TABLE') return after.kind === 'word' || after.kind === 'quoted';
    return keyword === 'VALUES' && (after.text === '(' || after.kind === 'number' || after.kind === 'string');
  }

  query(): QueryNode {
    const { cursor } = this;
    const start = cursor.index;
    const tables = cursor.acceptKeywords('WITH') ? this.commonTables() : [];
    const operands: Node[] = [this.operand()];
    while (this.acceptSetOperator()) operands.push(this.operand());
    const tail = this.orderAndLimit();
    return { kind: 'query', with: tables, operands, ...this.base(start, [...tables, ...operands, ...tail]) };
  }

  private commonTables(): readonly CommonTable[] {
    const { cursor } = this;
    const tables: CommonTable[] = [];
    do {
      const start = cursor.index;
      const name = cursor.next().value;
      if (cursor.isSymbol('(')) parseNameList(cursor, 'a column');
      cursor.acceptKeywords('AS');
      cursor.expectSymbol('(');
      const query = this.query();
      cursor.expectSymbol(')');
      tables.push({ kind: 'common_table', name: name.toLowerCase(), query, ...this.base(start, [query]) });
    } while (cursor.acceptSymbol(','));
    return tables;
  }

  private acceptSetOperator(): boolean {
    const { cursor } = this;
    if (!['UNION', 'EXCEPT', 'INTERSECT', 'MINUS'].includes(cursor.current.keyword)) return false;
    cursor.next();
    if (!cursor.acceptKeywords('ALL')) cursor.acceptKeywords('DISTINCT');
    return true;
  }

  private operand(): Node {
    const { cursor } = this;
    if (cursor.isSymbol('(')) {
      const start = cursor.index;
      cursor.next();
      const query = this.query();
      cursor.expectSymbol(')');
      return { kind: 'other', query, ...this.base(start, [query]) };
    }
    if (cursor.isKeywords('SELECT')) return this.select();
    if (cursor.isKeywords('VALUES')) return this.values();
    const start = cursor.index;
    cursor.expectKeywords('TABLE');
    const table = this.primaryRelation();
    return { kind: 'other', ...this.base(start, [table]) };
  }

  private orderAndLimit(): readonly Node[] {
    const { cursor } = this;
    const children: Node[] = [];
    for (;;) {
      if (['ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE'].includes(cursor.current.keyword) && cursor.peek().keyword === 'BY') {
        cursor.moveTo(cursor.index + 2);
        children.push(...this.sortItems());
      } else if (cursor.isKeywords('LIMIT') || cursor.isKeywords('OFFSET')) {
        cursor.next();
        if (!cursor.acceptKeywords('ALL')) children.push(this.expression());
      } else if (cursor.isKeywords('WINDOW')) children.push(...this.windows());
      else return children;
    }
  }

  private sortItems(): readonly Node[] {
    const { cursor } = this;
    const items: Node[] = [];
    do {
      items.push(this.expression());
      if (!cursor.acceptKeywords('ASC')) cursor.acceptKeywords('DESC');
      if (cursor.acceptKeywords('NULLS')) cursor.next();
    } while (cursor.acceptSymbol(','));
    return items;
  }

  private windows(): readonly Node[] {
    const { cursor } = this;
    const children: Node[] = [];
    cursor.next();
    do {
      cursor.next();
      cursor.expectKeywords('AS');
      if (cursor.isSymbol('(')) children.push(...this.windowIn());
      else cursor.next();
    } while (cursor.acceptSymbol(','));
    return children;
  }

  private select(): SelectNode {
    const { cursor } = this;
    const start = cursor.index;
    cursor.next();
    const distinct = cursor.acceptKeywords('DISTINCT');
    if (!distinct) cursor.acceptKeywords('ALL');
    const items: Item[] = [];
    do items.push(this.item());
    while (cursor.acceptSymbol(','));
    const from = cursor.acceptKeywords('FROM') ? this.relations() : undefined;
    const views: LateralView[] = [];
    while (atLateralView(cursor)) views.push(this.lateralView());
    const children: Node[] = [...items, ...(from ? [from] : []), ...views];
    let groupAll: readonly [number, number] | undefined;
    let qualify: SelectNode['qualify'];
    for (;;) {
      const begun = cursor.index;
      if (cursor.acceptKeywords('WHERE') || cursor.acceptKeywords('HAVING')) children.push(this.expression());
      else if (cursor.acceptKeywords('GROUP', 'BY', 'ALL')) groupAll = [begun, cursor.index];
      else if (cursor.acceptKeywords('GROUP', 'BY')) children.push(...this.grouping());
      else if (cursor.acceptKeywords('QUALIFY')) {
        const condition = this.expression();
        children.push(condition);
        qualify = { condition, at: [begun, cursor.index] };
      } else if (cursor.isKeywords('WINDOW')) children.push(...this.windows());
      else break;
    }
    return { kind: 'select', distinct, items, from, views, groupAll, qualify, ...this.base(start, children) };
  }

  /** `a, ROLLUP (b, c), GROUPING SETS ((a), ())`. */
  private grouping(): readonly Node[] {
    const { cursor } = this;
    const items: Node[] = [];
    do {
      if (cursor.isKeywords('GROUPING', 'SETS')) cursor.moveTo(cursor.index + 2);
      items.push(this.expression());
      if (cursor.isKeywords('GROUPING', 'SETS')) {
        cursor.moveTo(cursor.index + 2);
        items.push(this.bracket());
      }
      if (cursor.isKeywords('WITH', 'ROLLUP') || cursor.isKeywords('WITH', 'CUBE')) cursor.moveTo(cursor.index + 2);
    } while (cursor.acceptSymbol(','));
    return items;
  }

  private item(): Item {
    const { cursor } = this;
    const start = cursor.index;
    const expression = this.expression();
    let alias: string | undefined;
    if (cursor.acceptKeywords('AS')) {
      if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
      else alias = cursor.next().value;
    } else if (canBeAlias(cursor) && !['WHEN', 'WINDOW', 'QUALIFY'].includes(cursor.current.keyword)) alias = cursor.next().value;
    return { kind: 'item', expression, alias, ...this.base(start, [expression]) };
  }

  private relations(): Relation {
    const { cursor } = this;
    const start = cursor.index;
    let left = this.joined();
    while (cursor.isSymbol(',')) {
      const at: [number, number] = [cursor.index, cursor.index + 1];
      cursor.next();
      const right = this.joined();
      left = { kind: 'join', left, right, words: [','], at, using: undefined, ...this.base(start, [left, right]) };
    }
    return left;
  }

  private joined(): Relation {
    const { cursor } = this;
    const start = cursor.index;
    let left = this.primaryRelation();
    while (atJoin(cursor)) {
      const begun = cursor.index;
      const words: string[] = [];
      while (!cursor.isKeywords('JOIN')) words.push(cursor.next().keyword);
      cursor.next();
      const at: [number, number] = [begun, cursor.index];
      const right = this.primaryRelation();
      const using = cursor.acceptKeywords('USING')
        ? parseNameList(cursor, 'a column').map((name) => name.toLowerCase())
        : undefined;
      const condition = cursor.acceptKeywords('ON') ? [this.expression()] : [];
      left = { kind: 'join', left, right, words, at, using, ...this.base(start, [left, right, ...condition]) };
    }
    return left;
  }

  private primaryRelation(): Relation {
    const { cursor } = this;
    const start = cursor.index;
    const lateral = cursor.acceptKeywords('LATERAL');
    let relation = this.plainRelation(start, lateral);
    while (cursor.isKeywords('PIVOT') && cursor.isSymbol('(', 1)) relation = this.pivot(start, relation);
    return relation;
  }

  private plainRelation(start: number, lateral: boolean): Relation {
    const { cursor } = this;
    const replaced = this.replacements.find(({ range }) => range[0] === cursor.current.start);
    if (replaced) return this.replaced(start, replaced);
    if (cursor.isKeywords('VALUES') && !cursor.isSymbol('.', 1)) {
      const values = this.values();
      const alias = values.kind === 'derived' ? values.alias : undefined;
      return { kind: 'derived', alias, lateral: false, ...this.base(start, [values]) };
    }
    if (cursor.isSymbol('(')) return this.bracketedRelation(start, lateral);
    const names = [cursor.next().value];
    while (cursor.isSymbol('.') && isName(cursor, cursor.index + 1)) {
      cursor.next();
      names.push(cursor.next().value);
    }
    if (cursor.isSymbol('(')) {
      const at = cursor.index - 1;
      const given = this.inBrackets();
      const alias = this.alias();
      const generator = { name: names.at(-1)!.toLowerCase(), at, arguments: given };
      return { kind: 'derived', alias, lateral, generator, ...this.base(start, given) };
    }
    this.skipSuffixes();
    const alias = this.alias();
    return { kind: 'table', names, alias: alias ?? names.at(-1)!, ...this.base(start, []) };
  }

  /** Time travel and samples: the engine's to judge. */
  private skipSuffixes(): void {
    const { cursor } = this;
    if (cursor.isKeywords('VERSION', 'AS', 'OF') || cursor.isKeywords('TIMESTAMP', 'AS', 'OF')) {
      cursor.moveTo(cursor.index + 3);
      this.expression();
    }
    if (cursor.acceptKeywords('TABLESAMPLE')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
  }

  private replaced(start: number, { range, sql, name }: ReadReplacement): Relation {
    const { cursor } = this;
    while (cursor.current.start < range[1]) cursor.next();
    const referenced = cursor.index;
    const given = this.alias();
    const written = cursor.fragment(referenced, cursor.index).text;
    const label = name === undefined || given !== undefined ? ` ${written}` : ` AS \`${name.replaceAll('`', '``')}\``;
    const alias = given ?? name;
    return { kind: 'table', names: alias === undefined ? [] : [alias], alias, parts: [sql, label], ...this.base(start, []) };
  }

  private bracketedRelation(start: number, lateral: boolean): Relation {
    const { cursor } = this;
    const close = cursor.partnerOf(cursor.index);
    const begun = cursor.index;
    if (this.atQueryInBracket() && !this.isRelationInBrackets(close)) {
      cursor.moveTo(begun + 1);
      const query = this.query();
      if (cursor.index !== close) throw cursor.unexpected('")"');
      cursor.next();
      const alias = this.alias();
      return { kind: 'derived', alias, lateral, ...this.base(start, [query]) };
    }
    cursor.moveTo(begun + 1);
    const inner = this.relations();
    if (cursor.index !== close) throw cursor.unexpected('")"');
    cursor.next();
    const alias = this.alias();
    return { kind: 'grouped', inner, alias, ...this.base(start, [inner]) };
  }

  /** `((SELECT 1) a JOIN b)` begins like a subquery and is none. */
  private isRelationInBrackets(close: number): boolean {
    const { cursor } = this;
    const first = cursor.index + 1;
    if (cursor.at(first).text !== '(') return cursor.at(first).keyword === 'VALUES' && false;
    const after = cursor.partnerOf(first) + 1;
    if (after >= close) return false;
    return !['UNION', 'EXCEPT', 'INTERSECT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET', 'SORT', 'CLUSTER', 'DISTRIBUTE'].includes(
      cursor.at(after).keyword,
    );
  }

  private values(): Node {
    const { cursor } = this;
    const start = cursor.index;
    cursor.next();
    const rows: Node[] = [];
    do rows.push(this.expression());
    while (cursor.acceptSymbol(','));
    const alias = this.alias();
    return { kind: 'derived', alias, lateral: false, ...this.base(start, rows) };
  }

  private alias(): string | undefined {
    const { cursor } = this;
    if (!cursor.acceptKeywords('AS') && !canBeAlias(cursor)) return undefined;
    const { value } = cursor.next();
    if (cursor.isSymbol('(')) parseNameList(cursor, 'a column');
    return value;
  }

  private lateralView(): LateralView {
    const { cursor } = this;
    const start = cursor.index;
    cursor.expectKeywords('LATERAL', 'VIEW');
    cursor.acceptKeywords('OUTER');
    while (!cursor.isSymbol('(')) cursor.next();
    const at = cursor.index - 1;
    const given = this.inBrackets();
    const alias = canBeAlias(cursor) && !cursor.isKeywords('AS') ? cursor.next().value : '';
    if (cursor.acceptKeywords('AS')) {
      do cursor.next();
      while (cursor.acceptSymbol(','));
    }
    return {
      kind: 'lateral_view',
      alias,
      name: cursor.at(at).value.toLowerCase(),
      at,
      arguments: given,
      ...this.base(start, given),
    };
  }

  /** `PIVOT (sum(x) AS s FOR (k, l) IN ((1, 'a') AS y, ...)) [alias]`. */
  private pivot(start: number, input: Relation): Relation {
    const { cursor } = this;
    const close = cursor.partnerOf(cursor.index + 1);
    cursor.moveTo(cursor.index + 2);
    const aggregates: Item[] = [];
    do aggregates.push(this.item());
    while (cursor.acceptSymbol(','));
    cursor.expectKeywords('FOR');
    const columns = cursor.isSymbol('(') ? this.inBrackets() : [this.value(0)];
    cursor.expectKeywords('IN');
    cursor.expectSymbol('(');
    const values: Item[] = [];
    do values.push(this.item());
    while (cursor.acceptSymbol(','));
    cursor.expectSymbol(')');
    if (cursor.index !== close) throw cursor.unexpected('")"');
    cursor.next();
    const alias = this.alias();
    return {
      kind: 'pivot',
      input,
      aggregates,
      columns,
      values,
      alias,
      ...this.base(start, [input, ...aggregates, ...columns, ...values]),
    };
  }
}
