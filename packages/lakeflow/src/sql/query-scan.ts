import type { Scope } from './expression-scan';
import { parseIdentifier, parseNameList } from './names';
import { RelationScan } from './relation-scan';
import { AFTER_RELATION, atClause, atLateralView, atSetOperator, misspelledClause } from './relation-words';
import { checkStreamUnion, refuseStateful, statefulClause } from './stateful';
import { unsupported } from './syntax-error';
import { type SelectBlock, windowedSelect } from './windowed-select';

/**
 * Walks over a query and notes every table and file it reads. It knows WITH and its scopes, set operations, SELECT, FROM and
 * the subqueries in expressions, and refuses what a stream cannot have.
 */
export class QueryScan extends RelationScan {
  wholeQuery(end: number, scope: Scope): boolean {
    const streaming = this.query(end, scope);
    if (this.cursor.index < end) throw this.cursor.unexpected('the end of the query', this.cursor.current, AFTER_RELATION);
    return streaming;
  }

  protected query(end: number, scope: Scope): boolean {
    const { cursor } = this;
    const inner = cursor.acceptKeywords('WITH') ? this.commonTables(scope) : scope;
    let streaming = this.operand(end, inner);
    while (cursor.index < end) {
      const begin = cursor.index - 1;
      const { keyword, location } = cursor.current;
      if (atSetOperator(cursor, begin)) {
        const operator = this.setOperator();
        const next = this.operand(end, inner);
        checkStreamUnion(operator, streaming, next, location);
        streaming ||= next;
      } else if (atClause(cursor, begin)) {
        const what = statefulClause(keyword);
        if (streaming && what) throw refuseStateful({ what, location });
        cursor.next();
        this.expression(end, inner, () => atSetOperator(cursor, begin));
      } else break;
    }
    return streaming;
  }

  private setOperator(): string {
    const { cursor } = this;
    const { keyword } = cursor.next();
    const all = cursor.acceptKeywords('ALL');
    if (!all) cursor.acceptKeywords('DISTINCT');
    if (cursor.isKeywords('BY', 'NAME')) {
      const message = `the engine has no ${keyword} BY NAME`;
      throw unsupported(cursor.current.location, message, 'name the columns of both sides in the same order');
    }
    return all ? `${keyword} ALL` : keyword;
  }

  private commonTables(outer: Scope): Scope {
    const { cursor } = this;
    if (cursor.isKeywords('RECURSIVE')) {
      const message = 'the engine has no recursive common table expressions';
      throw unsupported(cursor.current.location, message, 'write the levels out as joins');
    }
    const scope = new Map(outer);
    do {
      const name = parseIdentifier(cursor, 'the name of a common table expression');
      if (cursor.isSymbol('(')) parseNameList(cursor, 'a column');
      cursor.acceptKeywords('AS');
      if (!cursor.isSymbol('(')) throw cursor.unexpected('AS (query)');
      const streaming = this.inBrackets((close) => this.wholeQuery(close, scope));
      scope.set(name.value.toLowerCase(), streaming);
    } while (cursor.acceptSymbol(','));
    return scope;
  }

  /** One side of a set operation. */
  private operand(end: number, scope: Scope): boolean {
    const { cursor } = this;
    if (cursor.index >= end) throw cursor.unexpected('a query');
    if (cursor.isSymbol('(')) return this.inBrackets((close) => this.wholeQuery(close, scope));
    if (cursor.isKeywords('SELECT')) return this.select(end, scope);
    if (cursor.isKeywords('VALUES')) return this.values(end, scope);
    if (cursor.acceptKeywords('TABLE')) return this.table(scope);
    if (cursor.isKeywords('FROM')) {
      throw unsupported(cursor.current.location, 'the engine wants SELECT before FROM', 'write SELECT ... FROM ...');
    }
    const words = ['SELECT', 'WITH', 'VALUES', 'TABLE'];
    throw cursor.unexpected('a query (SELECT, WITH, VALUES, TABLE or a parenthesis)', cursor.current, words);
  }

  /** A SELECT has its own account of what needs state: that of its subqueries is theirs. */
  private select(end: number, scope: Scope): boolean {
    const outer = this.stateful;
    this.stateful = [];
    const block: SelectBlock = { begin: this.cursor.index };
    const streaming = this.selectBlock(end, scope, block);
    if (streaming && this.stateful.length > 0) {
      const found = windowedSelect(
        this.cursor,
        { ...block, end: this.cursor.index, offset: this.offset },
        this.stateful,
        this.reads.at(-1),
      );
      this.windowed.push(found);
    }
    this.stateful = outer;
    return streaming;
  }

  private selectBlock(end: number, scope: Scope, block: SelectBlock): boolean {
    const { cursor } = this;
    const { begin } = block;
    cursor.next();
    if (cursor.isKeywords('DISTINCT')) this.noteStateful('SELECT DISTINCT');
    if (!cursor.acceptKeywords('DISTINCT')) cursor.acceptKeywords('ALL');
    const list = cursor.index;
    const { kind, keyword, text } = cursor.peek();
    const named = kind === 'quoted' || text === '(' || (kind === 'word' && keyword !== 'FROM' && keyword !== 'AS');
    if (cursor.isKeywords('FROM') && named) throw cursor.unexpected('something to select');
    this.expression(end, scope, () => this.atNextClause(list));
    if (cursor.index === list) throw cursor.unexpected('something to select');
    block.from = cursor.index;
    const streaming = cursor.acceptKeywords('FROM') && this.relations(end, scope);
    while (cursor.index < end) {
      if (atLateralView(cursor)) this.lateralView(scope);
      else if (atClause(cursor, begin) && !cursor.isKeywords('FROM')) {
        const { keyword } = cursor.current;
        const what = statefulClause(keyword);
        if (what) this.noteStateful(what);
        cursor.next();
        const from = cursor.index;
        this.expression(end, scope, () => this.atNextClause(begin));
        if (keyword === 'GROUP') block.groups = { start: from + 1, end: cursor.index };
      } else break;
    }
    return streaming;
  }

  private atNextClause(begin: number): boolean {
    const { cursor } = this;
    if (atClause(cursor, begin) || atSetOperator(cursor, begin) || atLateralView(cursor)) return true;
    const meant = misspelledClause(cursor, begin);
    if (meant) throw cursor.unexpected('"," or a clause', cursor.current, [meant]);
    return false;
  }
}
