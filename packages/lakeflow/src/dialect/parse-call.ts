import type { Cursor } from '../sql/cursor';
import type { Call, Node, QueryNode } from './node';

/** Words between the arguments of functions that have a syntax of their own: `extract(DAY FROM d)`. */
const SEPARATORS = ['FROM', 'FOR', 'PLACING', 'IN', 'USING'];

/** The part of the parser that reads what stands in brackets: arguments of calls, and windows. */
export abstract class CallParser {
  constructor(protected readonly cursor: Cursor) {}

  abstract expression(): Node;
  abstract query(): QueryNode;
  abstract atQuery(): boolean;

  protected base(start: number, children: readonly Node[]) {
    return { start, end: this.cursor.index, children, location: this.cursor.at(start).location };
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
    const directed = cursor.acceptKeywords('ASC') || cursor.acceptKeywords('DESC');
    const placed = cursor.acceptKeywords('NULLS');
    if (placed) cursor.next();
    if (directed || placed) return cursor.isSymbol(')') || cursor.acceptSymbol(',') || this.atSeparator();
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

  protected call(start: number, name: string): Call {
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
    this.acceptNullsWord();
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
