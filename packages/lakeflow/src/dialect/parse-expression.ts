import type { Cursor } from '../sql/cursor';
import type { Node } from './node';
import { isName } from './parse-call';
import { PrimaryParser } from './parse-primary';

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

/** The part of the parser that reads expressions, by the precedence of Spark's grammar. */
export abstract class ExpressionParser extends PrimaryParser {
  expression(): Node {
    return this.lambda() ?? this.disjunction();
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
}

function beginsOperand(cursor: Cursor, index: number): boolean {
  const { kind, text } = cursor.at(index);
  return kind === 'word' || kind === 'quoted' || kind === 'number' || kind === 'string' || text === '(' || text === '-';
}

/** Whether the symbol `ahead` of the cursor stands directly after the one before it. */
function touches(cursor: Cursor, ahead: number): boolean {
  return ahead === 0 || cursor.peek(ahead).start === cursor.peek(ahead - 1).end;
}
