import type { Cursor } from './cursor';
import { didYouMean } from './syntax-error';

/** Words that end a list of relations or the expression before them, with the word that must follow (if one must). */
const CLAUSES: Readonly<Record<string, string | undefined>> = {
  FROM: undefined,
  WHERE: undefined,
  GROUP: 'BY',
  HAVING: undefined,
  QUALIFY: undefined,
  ORDER: 'BY',
  SORT: 'BY',
  CLUSTER: 'BY',
  DISTRIBUTE: 'BY',
  LIMIT: undefined,
  OFFSET: undefined,
};
const SET_OPERATORS = ['UNION', 'EXCEPT', 'INTERSECT', 'MINUS'];
const JOIN_WORDS = ['NATURAL', 'INNER', 'CROSS', 'LEFT', 'RIGHT', 'FULL', 'OUTER', 'SEMI', 'ANTI'];
/** Words that want an operand after them, so that what follows is no clause however it looks. */
const WANT_OPERAND = [
  'AND',
  'OR',
  'NOT',
  'BETWEEN',
  'CASE',
  'WHEN',
  'THEN',
  'ELSE',
  'IN',
  'LIKE',
  'ILIKE',
  'RLIKE',
  'BY',
  'ON',
  'SELECT',
  'AS',
  'DIV',
];

/** What may follow a relation; for "did you mean". */
export const AFTER_RELATION = [
  ...Object.keys(CLAUSES),
  ...SET_OPERATORS,
  ...JOIN_WORDS,
  'JOIN',
  'ON',
  'USING',
  'LATERAL',
  'WINDOW',
];
const NO_ALIAS = new Set([...AFTER_RELATION, 'SELECT', 'TABLESAMPLE', 'PIVOT', 'UNPIVOT', 'WITH', 'VERSION', 'TIMESTAMP', 'FOR']);

/** A word here is a keyword and no name: it follows something complete, and no dot. */
function followsOperand(cursor: Cursor, begin: number): boolean {
  if (cursor.index <= begin) return false;
  const before = cursor.at(cursor.index - 1);
  if (before.kind === 'symbol') return [')', ']', '*'].includes(before.text);
  return !WANT_OPERAND.includes(before.keyword) || cursor.at(cursor.index - 2).text === '.';
}

/** Whether a clause (`WHERE`, `GROUP BY` ...) begins here; `begin` is where the expression or relation before it began. */
export function atClause(cursor: Cursor, begin: number): boolean {
  const { keyword } = cursor.current;
  if (keyword === 'WINDOW') return cursor.peek(2).keyword === 'AS' && followsOperand(cursor, begin);
  if (!Object.hasOwn(CLAUSES, keyword) || !followsOperand(cursor, begin)) return false;
  const second = CLAUSES[keyword];
  if (second && cursor.peek().keyword !== second) return false;
  return keyword !== 'FROM' || !isDistinctFrom(cursor);
}

/** `a IS [NOT] DISTINCT FROM b` is a comparison. */
function isDistinctFrom(cursor: Cursor): boolean {
  if (cursor.peek(-1).keyword !== 'DISTINCT') return false;
  const before = cursor.peek(-2).keyword === 'NOT' ? cursor.peek(-3) : cursor.peek(-2);
  return before.keyword === 'IS';
}

/** A word between two operands that looks like a clause: `SELECT a FRM t`. Names the clause that was meant. */
export function misspelledClause(cursor: Cursor, begin: number): string | undefined {
  const { keyword } = cursor.current;
  const after = cursor.peek();
  const operandAfter = after.kind === 'word' || after.kind === 'quoted' || after.text === '(';
  if (!keyword || !operandAfter || after.keyword === 'AS' || Object.hasOwn(CLAUSES, after.keyword)) return undefined;
  return followsOperand(cursor, begin) ? didYouMean(keyword, ['FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT']) : undefined;
}

export function atSetOperator(cursor: Cursor, begin: number): boolean {
  return SET_OPERATORS.includes(cursor.current.keyword) && followsOperand(cursor, begin) && !isStarExcept(cursor);
}

/** `* EXCEPT (a, b)` names columns; `SELECT * EXCEPT (SELECT ...)` is a set operation. */
function isStarExcept(cursor: Cursor): boolean {
  if (cursor.peek(-1).text !== '*' || !cursor.isKeywords('EXCEPT') || !cursor.isSymbol('(', 1)) return false;
  const { text, keyword } = cursor.peek(2);
  return text !== '(' && !['SELECT', 'WITH', 'VALUES', 'TABLE', 'FROM'].includes(keyword);
}

/** Whether a join begins here; `left(a, 2)` is a function. */
export function atJoin(cursor: Cursor): boolean {
  for (let ahead = 0; ahead < 4; ahead++) {
    const { keyword } = cursor.peek(ahead);
    if (keyword === 'JOIN') return cursor.peek(-1).text !== '.';
    if (!JOIN_WORDS.includes(keyword)) return false;
  }
  return false;
}

export function atLateralView(cursor: Cursor): boolean {
  return cursor.isKeywords('LATERAL', 'VIEW');
}

/** Whether the word here can be an alias without AS. */
export function canBeAlias(cursor: Cursor): boolean {
  const { kind, keyword } = cursor.current;
  return kind === 'quoted' || (kind === 'word' && !NO_ALIAS.has(keyword));
}
