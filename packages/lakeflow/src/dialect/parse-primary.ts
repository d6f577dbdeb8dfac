import { syntaxError } from '../sql/syntax-error';
import { literalType } from './literal-type';
import type { Node, Path, PathStep } from './node';
import { CallParser, isName } from './parse-call';
import { skipType } from './type-text';

const TYPED_LITERALS = ['DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'X', 'TIME'];
/** Words that end an expression wherever they stand. */
const ENDS = 'FROM WHERE GROUP HAVING ORDER LIMIT UNION EXCEPT INTERSECT JOIN ON USING AS THEN ELSE END WHEN AND OR'.split(' ');

/** The part of the parser that reads what operators stand between: names, literals, calls, brackets, and what is written after them. */
export abstract class PrimaryParser extends CallParser {
  /** A primary expression with what is written after it: `.field`, `[0]`, `::INT`, `:a.b`. */
  protected postfix(): Node {
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
    return { kind: 'name', name: cursor.next().value, exact: false };
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
}
