import type { SourceLocation } from '@lakewright/config';
import type { QueryRead, WindowedSelect } from './ast';
import type { Cursor } from './cursor';
import { refuseStreamInCondition, statefulAt } from './stateful';
import { syntaxError, unsupported } from './syntax-error';

/** The common table expressions in sight: their names in lower case, and whether they are streams. */
export type Scope = ReadonlyMap<string, boolean>;

/** What would need state if the SELECT it belongs to reads a stream. */
export interface Stateful {
  readonly what: string;
  readonly location: SourceLocation;
}

/** The part of the scan that passes over expressions, and into the subqueries in them. */
export abstract class ExpressionScan {
  readonly reads: QueryRead[] = [];
  /** The SELECTs that aggregate a stream with a watermark. */
  readonly windowed: WindowedSelect[] = [];
  /** Everything in the SELECT at hand that needs state. */
  protected stateful: Stateful[] = [];

  constructor(
    protected readonly cursor: Cursor,
    /** Where the query begins in the parsed text. */
    protected readonly offset: number,
  ) {}

  /** Scans a query up to `end` at most; returns whether it reads a stream. */
  protected abstract query(end: number, scope: Scope): boolean;

  /** An expression or a list of them, up to `end` or a place where `stop` holds. */
  protected expression(end: number, scope: Scope, stop: () => boolean = () => false): void {
    const { cursor } = this;
    while (cursor.index < end && !stop()) {
      if (cursor.isSymbol('(') || cursor.isSymbol('[')) this.bracketedExpression(scope);
      else if (cursor.isKeywords('SELECT') && cursor.peek(-1).text !== '.') {
        throw syntaxError(cursor.current.location, 'SELECT inside an expression', 'put the subquery in parentheses');
      } else {
        const what = statefulAt(cursor);
        if (what) this.noteStateful(what);
        cursor.next();
      }
    }
  }

  protected noteStateful(what: string, location: SourceLocation = this.cursor.current.location): void {
    this.stateful.push({ what, location });
  }

  private bracketedExpression(scope: Scope): void {
    const { cursor } = this;
    const { location } = cursor.current;
    if (cursor.peek(-1).keyword === 'TABLE') {
      throw unsupported(location, 'a table as the argument of a function is not supported', 'join the table instead');
    }
    this.inBrackets((close) => {
      if (this.atQuery() && this.query(close, scope)) throw refuseStreamInCondition(location);
      this.expression(close, scope);
    });
  }

  /** Whether a query begins here, perhaps in parentheses of its own. */
  protected atQuery(): boolean {
    const { cursor } = this;
    let ahead = 0;
    while (cursor.isSymbol('(', ahead)) ahead++;
    const { keyword } = cursor.peek(ahead);
    const after = cursor.peek(ahead + 1);
    if (keyword === 'SELECT' || keyword === 'FROM') return true;
    if (keyword === 'WITH' || keyword === 'TABLE') return after.kind === 'word' || after.kind === 'quoted';
    return keyword === 'VALUES' && (after.text === '(' || after.kind === 'number' || after.kind === 'string');
  }

  protected inBrackets<Result>(inside: (close: number) => Result): Result {
    const close = this.cursor.partnerOf(this.cursor.index);
    this.cursor.next();
    const result = inside(close);
    this.cursor.moveTo(close + 1);
    return result;
  }
}
