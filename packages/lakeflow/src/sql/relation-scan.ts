import type { FileRead, TableRead } from './ast';
import { ExpressionScan, type Scope } from './expression-scan';
import { parseIdentifier, parseNameList } from './names';
import { AFTER_RELATION, atClause, atJoin, atLateralView, atSetOperator, canBeAlias } from './relation-words';
import { checkStreamJoin } from './stateful';
import { syntaxError, unsupported } from './syntax-error';
import { parseTableReference } from './table-reference';
import { parseWatermark } from './windowed-select';

/** The part of the scan that reads what stands in FROM. Methods that return a boolean say whether it is a stream. */
export abstract class RelationScan extends ExpressionScan {
  /** A query that must end at `end`. */
  protected abstract wholeQuery(end: number, scope: Scope): boolean;

  protected relations(end: number, scope: Scope): boolean {
    const { cursor } = this;
    let streaming = this.joined(end, scope);
    while (cursor.index < end && cursor.isSymbol(',')) {
      const { location } = cursor.next();
      const next = this.joined(end, scope);
      checkStreamJoin(['CROSS'], streaming, next, location);
      streaming ||= next;
    }
    return streaming;
  }

  /** A relation with everything joined to it. */
  private joined(end: number, scope: Scope): boolean {
    const { cursor } = this;
    const begin = cursor.index;
    let streaming = this.relation(end, scope);
    while (cursor.index < end && atJoin(cursor)) {
      const { location } = cursor.current;
      const words: string[] = [];
      while (!cursor.isKeywords('JOIN')) words.push(cursor.next().keyword);
      cursor.next();
      const right = this.relation(end, scope);
      checkStreamJoin(words, streaming, right, location);
      streaming ||= right;
      if (cursor.acceptKeywords('USING')) parseNameList(cursor, 'a column');
      else if (cursor.acceptKeywords('ON')) this.expression(end, scope, () => this.atEndOfCondition(begin));
    }
    return streaming;
  }

  private atEndOfCondition(begin: number): boolean {
    const { cursor } = this;
    if (cursor.isSymbol(',') || atJoin(cursor) || atLateralView(cursor)) return true;
    return atClause(cursor, begin) || atSetOperator(cursor, begin);
  }

  private relation(end: number, scope: Scope): boolean {
    const { cursor } = this;
    if (cursor.index >= end) throw cursor.unexpected('a table, a function or a subquery');
    cursor.acceptKeywords('LATERAL');
    const streaming = this.plainRelation(end, scope);
    while (cursor.isKeywords('PIVOT') && cursor.isSymbol('(', 1)) this.pivot(scope);
    return streaming;
  }

  private plainRelation(end: number, scope: Scope): boolean {
    const { cursor } = this;
    if (cursor.isKeywords('VALUES')) return this.values(end, scope);
    if (!cursor.isSymbol('(')) return this.table(scope);
    const streaming = this.bracketed(scope);
    this.alias();
    return streaming;
  }

  /** `PIVOT (aggregates FOR column IN (values)) [alias]`. */
  private pivot(scope: Scope): void {
    const { cursor } = this;
    this.noteStateful('PIVOT');
    cursor.next();
    this.inBrackets((close) => this.expression(close, scope));
    this.alias();
  }

  /** A subquery, or relations in parentheses: `((SELECT 1) a JOIN b)` begins like the one and is the other. */
  private bracketed(scope: Scope): boolean {
    const { cursor } = this;
    return this.inBrackets((close) => {
      const isQuery = this.atQuery() && !this.atBracketedRelation(close);
      const streaming = isQuery ? this.wholeQuery(close, scope) : this.relations(close, scope);
      if (cursor.index < close) throw cursor.unexpected('")"', cursor.current, AFTER_RELATION);
      return streaming;
    });
  }

  private atBracketedRelation(close: number): boolean {
    const { cursor } = this;
    if (!cursor.isSymbol('(')) return false;
    const start = cursor.index;
    cursor.moveTo(cursor.partnerOf(start) + 1);
    const continues = cursor.index >= close || atClause(cursor, start) || atSetOperator(cursor, start);
    cursor.moveTo(start);
    return !continues;
  }

  protected table(scope: Scope): boolean {
    const found = parseTableReference(this.cursor, this.offset);
    if (found.kind === 'function') this.inBrackets((close) => this.expression(close, scope));
    const watermarked = found.kind === 'function' ? found : this.watermarked(found);
    this.refuseSuffixes();
    const aliased = this.alias();
    if (watermarked.kind === 'function') return false;
    return this.read(watermarked.kind === 'table' ? { ...watermarked, aliased } : watermarked, scope);
  }

  /** Notes a read, unless the name is that of a common table expression. */
  private read(found: TableRead | FileRead, scope: Scope): boolean {
    const local =
      found.kind === 'table' && found.name.parts.length === 1 ? scope.get(found.name.parts[0]!.toLowerCase()) : undefined;
    if (local === undefined || found.kind === 'files') {
      this.reads.push(found);
      return found.streaming;
    }
    if (!found.streaming) return local;
    const [name] = found.name.parts;
    throw syntaxError(
      found.name.location,
      `STREAM reads a table, and ${name} is a common table expression`,
      `put STREAM inside ${name}`,
    );
  }

  private watermarked<Read extends TableRead | FileRead>(found: Read): Read {
    const { cursor } = this;
    if (!found.streaming || !cursor.isKeywords('WATERMARK')) return found;
    const watermark = parseWatermark(cursor);
    return { ...found, watermark, range: [found.range[0], cursor.peek(-1).end - this.offset] };
  }

  private refuseSuffixes(): void {
    const { cursor } = this;
    const { location } = cursor.current;
    const version = cursor.isKeywords('VERSION', 'AS') || cursor.isKeywords('TIMESTAMP', 'AS') || cursor.isKeywords('FOR');
    if (version || cursor.isSymbol('@')) {
      const hint = 'remove the time travel clause';
      throw unsupported(location, 'a pipeline reads tables as they are now, not an older version', hint);
    }
    if (cursor.isKeywords('TABLESAMPLE')) {
      throw unsupported(location, 'a sample differs from one update to the next', 'filter on a hash of the key instead');
    }
    if (cursor.isKeywords('WATERMARK')) {
      throw unsupported(
        location,
        'a watermark stands behind a stream',
        'write STREAM(table) WATERMARK column DELAY OF INTERVAL ...',
      );
    }
    if (cursor.isKeywords('WITH')) {
      const message = 'options of a table read (such as skipChangeCommits) are not supported yet';
      throw unsupported(location, message, 'read a table that is only appended to');
    }
  }

  /** Whether there was one. */
  private alias(): boolean {
    const { cursor } = this;
    if (!cursor.acceptKeywords('AS') && !canBeAlias(cursor)) return false;
    parseIdentifier(cursor, 'an alias');
    if (cursor.isSymbol('(')) parseNameList(cursor, 'a column');
    return true;
  }

  /** `VALUES (1, 'a'), (2, 'b')` or `VALUES 1, 2`. */
  protected values(end: number, scope: Scope): boolean {
    const { cursor } = this;
    cursor.next();
    do {
      if (cursor.index >= end) throw cursor.unexpected('a row of values');
      if (cursor.isSymbol('(')) this.inBrackets((close) => this.expression(close, scope));
      else cursor.next();
    } while (cursor.index < end && cursor.acceptSymbol(','));
    if (cursor.index < end) this.alias();
    return false;
  }

  /** `LATERAL VIEW [OUTER] explode(a) [name] [AS b, c]`. */
  protected lateralView(scope: Scope): void {
    const { cursor } = this;
    cursor.expectKeywords('LATERAL', 'VIEW');
    cursor.acceptKeywords('OUTER');
    parseIdentifier(cursor, 'a generator function');
    if (!cursor.isSymbol('(')) throw cursor.unexpected('"("');
    this.inBrackets((close) => this.expression(close, scope));
    if (canBeAlias(cursor) && !cursor.isKeywords('AS')) parseIdentifier(cursor, 'a name');
    if (!cursor.acceptKeywords('AS')) return;
    do parseIdentifier(cursor, 'a column');
    while (cursor.acceptSymbol(','));
  }
}
