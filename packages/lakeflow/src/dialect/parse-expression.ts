import type { Cursor } from '../sql/cursor';
import { syntaxError } from '../sql/syntax-error';
import { literalType } from './literal-type';
import type { Call, Node, Path, PathStep, QueryNode } from './node';
import { skipType } from './type-text';

/** Binary operators by how tightly they bind ("Operators", Spark's grammar `valueExpression`); the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>', '>>>'],
  ['+', '-', '||'],
  ['*', '/', '%', 'DIV'],
];
const COMPARISONS = ['=', '==', '<=>', '<>', '!=', '<', '<=', '>', '>='];
const TYPED_LITERALS = ['DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'X', 'TIME'];
/** Words between the arguments of functions that have a syntax of their own: `extract(DAY FROM d)`. */
const SEPARATORS = ['FROM', 'FOR', 'PLACING', 'IN', 'USING'];
/** Words that end an expression wherever they stand. */
const ENDS = 'FROM WHERE GROUP HAVING ORDER LIMIT UNION EXCEPT INTERSECT JOIN ON USING AS THEN ELSE END WHEN AND OR'.split(' ');

/** The part of the parser that reads expressions, by the precedence of Spark's grammar. */
export abstract class ExpressionParser {
  constructor(protected readonly cursor: Cursor) {}

  abstract query(): QueryNode;
  abstract atQuery(): boolean;

  expression(): Node {
    return this.lambda() ?? this.disjunction();
  }

  protected base(start: number, children: readonly Node[]) {
    return { start, end: this.cursor.index, children, location: this.cursor.at(start).location };
  }

  /** `x -> ...` and `(x, y) -> ...`. */
  private lambda(): Node | undefined {
    const { cursor } = this;
    const start = cursor.index;
    const arrow = cursor.isSymbol('(') ? cursor.partnerOf(start) + 1 : start + 1;
    if (cursor.at(arrow).text !== '->' || !isName(cursor, cursor.isSymbol('(') ? start + 1 : start)) return undefined;
    const parameters: string[] = [];
    for (let index = start; index < arrow; index++)
      if (isName(cursor, index)) parameters.push(cursor.at(index).value.toLowerCase());
    cursor.moveTo(arrow + 1);
    const body = this.expression();
    return { kind: 'lambda', parameters, body, ...this.base(start, [body]) };
  }

  private disjunction(): Node {
    return this.leftAssociative(
      () => this.conjunction(),
      () => this.wordOperator('OR'),
    );
  }
  private conjunction(): Node {
    return this.leftAssociative(
      () => this.negation(),
      () => this.wordOperator('AND'),
    );
  }
  private negation(): Node {
    const { cursor } = this;
    const start = cursor.index;
    if (!cursor.isKeywords('NOT') && !cursor.isSymbol('!')) return this.predicate();
    cursor.next();
    const operand = this.negation();
    return { kind: 'unary', operator: 'NOT', operand, ...this.base(start, [operand]) };
  }

  private wordOperator(word: string): string | undefined {
    return this.cursor.acceptKeywords(word) ? word : undefined;
  }

  private leftAssociative(next: () => Node, operator: () => string | undefined): Node {
    const { cursor } = this;
    const start = cursor.index;
    let left = next();
    for (let found = operator(); found !== undefined; found = operator()) {
      const right = next();
      left = { kind: 'binary', operator: found, left, right, ...this.base(start, [left, right]) };
    }
    return left;
  }

  /** A value with any comparisons and predicates after it. */
  private predicate(): Node {
    const { cursor } = this;
    const start = cursor.index;
    let left = this.value(0);
    for (;;) {
      const children = this.comparison() ?? this.suffixPredicate();
      if (!children) return left;
      left = { kind: 'predicate', ...this.base(start, [left, ...children]) };
    }
  }

  private comparison(): readonly Node[] | undefined {
    const { cursor } = this;
    if (!COMPARISONS.includes(cursor.current.text) || cursor.current.kind !== 'symbol') return undefined;
    cursor.next();
    if (cursor.isKeywords('ANY') || cursor.isKeywords('SOME') || cursor.isKeywords('ALL')) cursor.next();
    return [this.value(0)];
  }

  private suffixPredicate(): readonly Node[] | undefined {
    const { cursor } = this;
    const start = cursor.index;
    if (cursor.acceptKeywords('IS')) return this.isPredicate();
    cursor.acceptKeywords('NOT');
    if (cursor.acceptKeywords('BETWEEN')) {
      for (const word of ['SYMMETRIC', 'ASYMMETRIC']) cursor.acceptKeywords(word);
      const low = this.value(0);
      cursor.expectKeywords('AND');
      return [low, this.value(0)];
    }
    if (cursor.isKeywords('IN') && cursor.isSymbol('(', 1)) {
      cursor.next();
      return [this.bracket()];
    }
    if (['LIKE', 'ILIKE', 'RLIKE', 'REGEXP'].includes(cursor.current.keyword)) {
      cursor.next();
      if (['ANY', 'SOME', 'ALL'].includes(cursor.current.keyword) && cursor.isSymbol('(', 1)) cursor.next();
      const pattern = this.value(0);
      if (!cursor.acceptKeywords('ESCAPE')) return [pattern];
      return [pattern, this.value(0)];
    }
    cursor.moveTo(start);
    return undefined;
  }

  private isPredicate(): readonly Node[] {
    const { cursor } = this;
    cursor.acceptKeywords('NOT');
    if (cursor.acceptKeywords('DISTINCT', 'FROM')) return [this.value(0)];
    if (!['NULL', 'TRUE', 'FALSE', 'UNKNOWN'].includes(cursor.current.keyword))
      throw cursor.unexpected('NULL, TRUE, FALSE or DISTINCT FROM');
    cursor.next();
    return [];
  }

  protected value(level: number): Node {
    if (level === LEVELS.length) return this.unary();
    return this.leftAssociative(
      () => this.value(level + 1),
      () => this.operator(LEVELS[level]!),
    );
  }

  /** Consumes an operator of a level. Shifts are written as single characters side by side. */
  private operator(level: readonly string[]): string | undefined {
    const { cursor } = this;
    if (level.includes('<<')) {
      const shift = ['>>>', '>>', '<<'].find((text) =>
        [...text].every((one, ahead) => cursor.isSymbol(one, ahead) && touches(cursor, ahead)),
      );
      if (shift) cursor.moveTo(cursor.index + shift.length);
      return shift;
    }
    const { kind, text, keyword } = cursor.current;
    const found = kind === 'symbol' ? text : keyword;
    if (!level.includes(found) || (keyword === 'DIV' && !beginsOperand(cursor, cursor.index + 1))) return undefined;
    cursor.next();
    return found;
  }

  private unary(): Node {
    const { cursor } = this;
    const start = cursor.index;
    if (!['-', '+', '~'].includes(cursor.current.text) || cursor.current.kind !== 'symbol') return this.postfix();
    const operator = cursor.next().text;
    const operand = this.unary();
    return { kind: 'unary', operator, operand, ...this.base(start, [operand]) };
  }

  /** A primary expression with what is written after it: `.field`, `[0]`, `::INT`, `:a.b`. */
  private postfix(): Node {
    const { cursor } = this;
    const start = cursor.index;
    let node = this.primary();
    for (;;) {
      if (cursor.isSymbol('.') && isName(cursor, cursor.index + 1)) {
        cursor.moveTo(cursor.index + 2);
        node = { kind: 'other', ...this.base(start, [node]) };
      } else if (cursor.isSymbol('[')) {
        const close = cursor.partnerOf(cursor.index);
        cursor.next();
        const index = this.expression();
        if (cursor.index !== close) throw cursor.unexpected('"]"');
        cursor.next();
        node = { kind: 'other', ...this.base(start, [node, index]) };
      } else if (cursor.acceptSymbol('::')) {
        const type = skipType(cursor);
        node = { kind: 'cast', operand: node, type, isTry: false, ...this.base(start, [node]) };
      } else if (cursor.isSymbol(':')) {
        node = this.path(start, node);
      } else if (cursor.isKeywords('COLLATE')) {
        cursor.moveTo(cursor.index + 2);
        node = { kind: 'other', ...this.base(start, [node]) };
      } else return node;
    }
  }

  /** `:a.b[0]['c d']` ("`:` (colon sign) operator", docs.databricks.com). */
  private path(start: number, operand: Node): Path {
    const { cursor } = this;
    cursor.next();
    const steps: PathStep[] = [];
    if (!cursor.isSymbol('[')) steps.push(this.pathName());
    for (;;) {
      if (cursor.isSymbol('.')) {
        cursor.next();
        steps.push(this.pathName());
      } else if (cursor.isSymbol('[')) {
        cursor.next();
        const { kind, value } = cursor.next();
        if (kind === 'string') steps.push({ kind: 'name', name: value, exact: true });
        else if (kind === 'number' || value === '*') steps.push({ kind: 'index', index: value });
        else throw syntaxError(cursor.peek(-1).location, 'expected an index, a name in quotes or * in the brackets of a path');
        cursor.expectSymbol(']');
      } else break;
    }
    return { kind: 'path', operand, steps, ...this.base(start, [operand]) };
  }

  private pathName(): PathStep {
    const { cursor } = this;
    if (!isName(cursor, cursor.index)) throw cursor.unexpected('the name of a field');
    const { value, kind } = cursor.next();
    return { kind: 'name', name: value, exact: kind === 'quoted' };
  }

  private primary(): Node {
    const { cursor } = this;
    const start = cursor.index;
    const { kind, keyword, text } = cursor.current;
    if (kind === 'number' || kind === 'string') return this.literal();
    if (text === '(') return this.bracket();
    if (text === '*') return this.star(start, []);
    if (kind !== 'word' && kind !== 'quoted') throw cursor.unexpected('an expression');
    const next = cursor.peek();
    if (TYPED_LITERALS.includes(keyword) && next.kind === 'string') return this.literal();
    if (['NULL', 'TRUE', 'FALSE'].includes(keyword)) return this.literal();
    if (keyword === 'INTERVAL' && (next.kind === 'string' || next.kind === 'number' || next.text === '(' || next.text === '-'))
      return this.interval();
    if (keyword === 'CASE' && next.text !== '.') return this.caseWhen();
    if (keyword === 'EXISTS' && next.text === '(') {
      cursor.next();
      if (this.atQueryInBracket()) {
        const inner = this.bracket();
        return { kind: 'predicate', ...this.base(start, [inner]) };
      }
      cursor.moveTo(start);
    }
    if ((keyword === 'CAST' || keyword === 'TRY_CAST') && next.text === '(') return this.cast(keyword === 'TRY_CAST');
    if (kind === 'word' && ENDS.includes(keyword) && next.text !== '(' && next.text !== '.')
      throw cursor.unexpected('an expression');
    return this.named();
  }

  private literal(): Node {
    const { cursor } = this;
    const start = cursor.index;
    const first = cursor.next();
    if (first.kind === 'string') while (cursor.current.kind === 'string') cursor.next();
    const typed = first.kind === 'word' && TYPED_LITERALS.includes(first.keyword);
    const value = typed ? cursor.next().value : first.value;
    return { kind: 'literal', type: literalType(first), value, ...this.base(start, []) };
  }

  /** `INTERVAL '1' DAY`, `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1 day'`. */
  private interval(): Node {
    const { cursor } = this;
    const start = cursor.index;
    const children: Node[] = [];
    cursor.next();
    do {
      cursor.acceptSymbol('-');
      children.push(cursor.isSymbol('(') ? this.bracket() : this.literal());
      if (
        /^(?:YEAR|QUARTER|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND|NANOSECOND)S?$/.test(cursor.current.keyword)
      )
        cursor.next();
      else break;
      if (cursor.acceptKeywords('TO')) cursor.next();
    } while (cursor.current.kind === 'number' || cursor.current.kind === 'string');
    return { kind: 'other', ...this.base(start, children) };
  }

  private caseWhen(): Node {
    const { cursor } = this;
    const start = cursor.index;
    const children: Node[] = [];
    const results: Node[] = [];
    cursor.next();
    if (!cursor.isKeywords('WHEN')) children.push(this.expression());
    while (cursor.acceptKeywords('WHEN')) {
      children.push(this.expression());
      cursor.expectKeywords('THEN');
      results.push(this.expression());
      children.push(results.at(-1)!);
    }
    if (cursor.acceptKeywords('ELSE')) {
      results.push(this.expression());
      children.push(results.at(-1)!);
    }
    cursor.expectKeywords('END');
    return { kind: 'other', results, ...this.base(start, children) };
  }

  private cast(isTry: boolean): Node {
    const { cursor } = this;
    const start = cursor.index;
    cursor.next();
    cursor.expectSymbol('(');
    const operand = this.expression();
    cursor.expectKeywords('AS');
    const type = skipType(cursor);
    cursor.expectSymbol(')');
    return { kind: 'cast', operand, type, isTry, ...this.base(start, [operand]) };
  }

  protected atQueryInBracket(): boolean {
    const { cursor } = this;
    const start = cursor.index;
    cursor.next();
    const found = this.atQuery();
    cursor.moveTo(start);
    return found;
  }

  /** A subquery, one expression in brackets, or several. */
  protected bracket(): Node {
    const { cursor } = this;
    const start = cursor.index;
    const close = cursor.partnerOf(start);
    if (this.atQueryInBracket()) {
      cursor.next();
      const query = this.query();
      if (cursor.index !== close) throw cursor.unexpected('")"');
      cursor.next();
      return { kind: 'other', query, ...this.base(start, [query]) };
    }
    const children = this.inBrackets();
    return { kind: 'bracket', ...this.base(start, children) };
  }

  /** Expressions between brackets, commas and the odd keyword: `(a AS x, DISTINCT b ORDER BY c DESC)`. */
  protected inBrackets(): readonly Node[] {
    const { cursor } = this;
    const close = cursor.partnerOf(cursor.index);
    cursor.next();
    const children: Node[] = [];
    while (cursor.index < close) {
      this.argumentWords();
      if (cursor.index >= close) break;
      children.push(this.argument());
      if (cursor.acceptKeywords('AS')) cursor.next();
      if (cursor.index < close && !cursor.acceptSymbol(',') && !this.atSeparator()) throw cursor.unexpected('"," or ")"');
    }
    cursor.moveTo(close + 1);
    return children;
  }

  private argument(): Node {
    const { cursor } = this;
    if (isName(cursor, cursor.index) && cursor.isSymbol('=>', 1)) cursor.moveTo(cursor.index + 2);
    return this.expression();
  }

  /** Words before an argument that are none. */
  private argumentWords(): void {
    const { cursor } = this;
    for (;;) {
      const { keyword } = cursor.current;
      const next = cursor.peek();
      const isWord = next.text !== ',' && next.text !== ')' && next.text !== '(' && next.text !== '.';
      if (SEPARATORS.includes(keyword)) cursor.next();
      else if (['DISTINCT', 'ALL', 'BOTH', 'LEADING', 'TRAILING'].includes(keyword) && (isWord || keyword === 'DISTINCT'))
        cursor.next();
      else if (
        cursor.isKeywords('ORDER', 'BY') ||
        cursor.isKeywords('PARTITION', 'BY') ||
        cursor.isKeywords('SORT', 'BY') ||
        cursor.isKeywords('DISTRIBUTE', 'BY')
      )
        cursor.moveTo(cursor.index + 2);
      else if (keyword === 'WHERE') cursor.next();
      else return;
    }
  }

  private atSeparator(): boolean {
    const { cursor } = this;
    if (cursor.acceptKeywords('ASC') || cursor.acceptKeywords('DESC')) {
      if (cursor.acceptKeywords('NULLS')) cursor.next();
      return cursor.isSymbol(')') || cursor.acceptSymbol(',') || this.atSeparator();
    }
    if (cursor.acceptKeywords('NULLS')) {
      cursor.next();
      return cursor.isSymbol(')') || cursor.acceptSymbol(',') || this.atSeparator();
    }
    const { keyword } = cursor.current;
    if (keyword === 'ROWS' || keyword === 'RANGE') {
      while (!cursor.isSymbol(')')) {
        if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
        else cursor.next();
      }
      return true;
    }
    return SEPARATORS.includes(keyword) || ['ORDER', 'IGNORE', 'RESPECT', 'PARTITION', 'SORT'].includes(keyword)
      ? this.acceptNullsWord()
      : false;
  }

  private acceptNullsWord(): boolean {
    const { cursor } = this;
    if (cursor.isKeywords('IGNORE', 'NULLS') || cursor.isKeywords('RESPECT', 'NULLS')) cursor.moveTo(cursor.index + 2);
    return true;
  }

  /** A column, a star with a qualifier, or a call. */
  private named(): Node {
    const { cursor } = this;
    const start = cursor.index;
    const names = [cursor.next().value];
    while (cursor.isSymbol('.')) {
      if (cursor.isSymbol('*', 1)) {
        cursor.next();
        return this.star(start, names);
      }
      if (!isName(cursor, cursor.index + 1)) break;
      cursor.next();
      names.push(cursor.next().value);
    }
    const last = cursor.peek(-1);
    if (cursor.isSymbol('(') && last.kind === 'word') return this.call(start, names.at(-1)!.toLowerCase());
    return { kind: 'column', names, ...this.base(start, []) };
  }

  private star(start: number, qualifier: readonly string[]): Node {
    const { cursor } = this;
    cursor.expectSymbol('*');
    const except: (readonly string[])[] = [];
    const excluding = (cursor.isKeywords('EXCEPT') || cursor.isKeywords('EXCLUDE')) && cursor.isSymbol('(', 1);
    if (
      excluding &&
      !['SELECT', 'WITH', 'VALUES', 'TABLE', 'FROM'].includes(cursor.peek(2).keyword) &&
      cursor.peek(2).text !== '('
    ) {
      cursor.moveTo(cursor.index + 1);
      do {
        cursor.next();
        const names = [cursor.next().value];
        while (cursor.acceptSymbol('.')) names.push(cursor.next().value);
        except.push(names);
      } while (cursor.isSymbol(','));
      cursor.expectSymbol(')');
    }
    return { kind: 'star', qualifier, except, ...this.base(start, []) };
  }

  private call(start: number, name: string): Call {
    const { cursor } = this;
    const distinct = cursor.peek().keyword === 'DISTINCT';
    const given = this.inBrackets();
    const begun = cursor.index;
    const after: Node[] = [];
    if (cursor.isKeywords('WITHIN', 'GROUP')) {
      cursor.moveTo(cursor.index + 2);
      after.push(...this.inBrackets());
    }
    if (cursor.isKeywords('FILTER') && cursor.isSymbol('(', 1)) {
      cursor.next();
      after.push(...this.inBrackets());
    }
    if (cursor.isKeywords('IGNORE', 'NULLS') || cursor.isKeywords('RESPECT', 'NULLS')) cursor.moveTo(cursor.index + 2);
    const windowed = cursor.isKeywords('OVER') && (cursor.isSymbol('(', 1) || isName(cursor, cursor.index + 1));
    if (windowed) {
      cursor.next();
      if (cursor.isSymbol('(')) after.push(...this.windowIn());
      else cursor.next();
    }
    const tail: Node = { kind: 'other', ...this.base(begun, after) };
    return { kind: 'call', name, arguments: given, distinct, tail, windowed, ...this.base(start, [...given, tail]) };
  }

  /** `(w PARTITION BY a ORDER BY b ROWS ...)`: the name of another window may stand first. */
  protected windowIn(): readonly Node[] {
    const { cursor } = this;
    const named =
      isName(cursor, cursor.index + 1) &&
      ['PARTITION', 'ORDER', 'DISTRIBUTE', 'SORT', 'ROWS', 'RANGE'].includes(cursor.peek(2).keyword);
    const bare =
      ['ROWS', 'RANGE'].includes(cursor.peek().keyword) || (named && ['ROWS', 'RANGE'].includes(cursor.peek(2).keyword));
    if (bare) {
      cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
      return [];
    }
    if (!named) return this.inBrackets();
    const close = cursor.partnerOf(cursor.index);
    const children: Node[] = [];
    cursor.moveTo(cursor.index + 2);
    while (cursor.index < close) {
      this.argumentWords();
      children.push(this.expression());
      if (cursor.index < close && !cursor.acceptSymbol(',') && !this.atSeparator()) throw cursor.unexpected('"," or ")"');
    }
    cursor.moveTo(close + 1);
    return children;
  }
}

export function isName(cursor: Cursor, index: number): boolean {
  const { kind } = cursor.at(index);
  return kind === 'word' || kind === 'quoted';
}

function beginsOperand(cursor: Cursor, index: number): boolean {
  const { kind, text } = cursor.at(index);
  return kind === 'word' || kind === 'quoted' || kind === 'number' || kind === 'string' || text === '(' || text === '-';
}

/** Whether the symbol `ahead` of the cursor stands directly after the one before it. */
function touches(cursor: Cursor, ahead: number): boolean {
  return ahead === 0 || cursor.peek(ahead).start === cursor.peek(ahead - 1).end;
}
