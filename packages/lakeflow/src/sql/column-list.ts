import type { ColumnSpec, Expectation, ViolationAction } from './ast';
import type { Cursor } from './cursor';
import { parseString } from './literals';
import { parseIdentifier, parseQualifiedName } from './names';
import { checkExpression } from './query';
import { syntaxError, unsupported } from './syntax-error';

export interface ColumnList {
  readonly columns: readonly ColumnSpec[];
  readonly expectations: readonly Expectation[];
}

const COLUMN_WORDS = [
  'NOT',
  'COMMENT',
  'CONSTRAINT',
  'MASK',
  'GENERATED',
  'DEFAULT',
  'PRIMARY',
  'FOREIGN',
  'REFERENCES',
  'COLLATE',
];

/** The parenthesised list of a table: columns and expectations, in any order. */
export function parseColumnList(cursor: Cursor): ColumnList {
  const columns: ColumnSpec[] = [];
  const expectations: Expectation[] = [];
  cursor.expectSymbol('(');
  do {
    if (!atConstraint(cursor)) addUnique(columns, parseColumn(cursor), 'column');
    while (atConstraint(cursor)) {
      const expectation = parseConstraint(cursor);
      if (expectation) addUnique(expectations, expectation, 'expectation');
    }
  } while (cursor.acceptSymbol(','));
  if (!cursor.isSymbol(')')) throw cursor.unexpected('"," or ")" in the list of columns', cursor.current, COLUMN_WORDS);
  cursor.next();
  return { columns, expectations };
}

function addUnique<Item extends ColumnSpec | Expectation>(list: Item[], item: Item, what: string): void {
  if (list.some(({ name }) => name.toLowerCase() === item.name.toLowerCase())) {
    throw syntaxError(
      item.location,
      `the ${what} ${item.name} is declared twice`,
      `an ${what} needs a name of its own`.replace('an column', 'a column'),
    );
  }
  list.push(item);
}

function parseColumn(cursor: Cursor): ColumnSpec {
  const { value: name, location } = parseIdentifier(cursor, 'a column or CONSTRAINT');
  const typed = cursor.current.kind === 'word' && !COLUMN_WORDS.includes(cursor.current.keyword);
  const type = typed ? parseType(cursor) : undefined;
  let notNull = false;
  let comment: string | undefined;
  for (;;) {
    if (cursor.acceptKeywords('NOT')) {
      cursor.expectKeywords('NULL');
      notNull = true;
    } else if (cursor.acceptKeywords('COMMENT')) comment = parseString(cursor, 'the text of the comment');
    else if (atKey(cursor)) skipKey(cursor);
    else break;
  }
  refuseColumnProperty(cursor);
  return { name, location, ...(type && { type }), ...(notNull && { notNull }), ...(comment !== undefined && { comment }) };
}

const COLUMN_REFUSALS: Readonly<Record<string, string>> = {
  MASK: 'grant the column, or mask it in the query',
  GENERATED: 'compute the column in the query',
  DEFAULT: 'write coalesce(column, value) in the query',
  COLLATE: 'compare lower(column) in the query',
};

function refuseColumnProperty(cursor: Cursor): void {
  const { keyword, location } = cursor.current;
  if (!Object.hasOwn(COLUMN_REFUSALS, keyword)) return;
  throw unsupported(location, `${keyword} of a column is not supported yet`, COLUMN_REFUSALS[keyword]!);
}

/** A type as written: `DECIMAL(10, 2)`, `ARRAY<STRUCT<a: INT>>`. */
function parseType(cursor: Cursor): string {
  const start = cursor.index;
  cursor.next();
  if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
  else if (cursor.isSymbol('<') || cursor.isSymbol('<>')) skipAngles(cursor);
  return cursor.fragment(start, cursor.index).text;
}

function skipAngles(cursor: Cursor): void {
  let depth = 0;
  do {
    if (cursor.done) throw cursor.unexpected('">"');
    const { text } = cursor.next();
    if (text === '<') depth++;
    if (text === '>') depth--;
  } while (depth > 0);
}

/** Whether a constraint of the table begins here; a column may be called `primary`. */
function atConstraint(cursor: Cursor): boolean {
  return cursor.isKeywords('CONSTRAINT') || cursor.isKeywords('PRIMARY', 'KEY') || cursor.isKeywords('FOREIGN', 'KEY');
}

function atKey(cursor: Cursor): boolean {
  const ahead = cursor.isKeywords('CONSTRAINT') ? 2 : 0;
  const { keyword } = cursor.peek(ahead);
  return (
    keyword === 'REFERENCES' || ((keyword === 'PRIMARY' || keyword === 'FOREIGN') && cursor.peek(ahead + 1).keyword === 'KEY')
  );
}

/**
 * Passes over a primary or foreign key. They are informational: nothing enforces them, there or here ("CONSTRAINT clause",
 * docs.databricks.com).
 */
function skipKey(cursor: Cursor): void {
  if (cursor.acceptKeywords('CONSTRAINT')) parseIdentifier(cursor, 'the name of the constraint');
  if (!cursor.isKeywords('REFERENCES')) {
    const kind = cursor.next().keyword;
    cursor.expectKeywords('KEY');
    if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
    if (kind === 'FOREIGN' && !cursor.isKeywords('REFERENCES'))
      throw cursor.unexpected('REFERENCES', cursor.current, ['REFERENCES']);
  }
  if (cursor.acceptKeywords('REFERENCES')) {
    parseQualifiedName(cursor, 'the table that the key refers to');
    if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
  }
  while (KEY_OPTIONS.some((words) => cursor.acceptKeywords(...words))) {
    // Each option is passed over by the condition.
  }
}

const KEY_OPTIONS: readonly (readonly string[])[] = [
  ['NOT', 'ENFORCED'],
  ['NOT', 'DEFERRABLE'],
  ['DEFERRABLE'],
  ['INITIALLY', 'DEFERRED'],
  ['ENABLE', 'NOVALIDATE'],
  ['RELY'],
  ['NORELY'],
  ['MATCH', 'FULL'],
  ['ON', 'UPDATE', 'NO', 'ACTION'],
  ['ON', 'DELETE', 'NO', 'ACTION'],
];

/**
 * `CONSTRAINT name EXPECT (condition) [ON VIOLATION DROP ROW | FAIL UPDATE]` ("Manage data quality with pipeline expectations",
 * docs.databricks.com), or a key, which gives nothing.
 */
function parseConstraint(cursor: Cursor): Expectation | undefined {
  if (atKey(cursor)) {
    skipKey(cursor);
    return undefined;
  }
  const { location } = cursor.expectKeywords('CONSTRAINT');
  const name = parseIdentifier(cursor, 'the name of the expectation').value;
  if (cursor.isKeywords('CHECK')) {
    throw unsupported(
      cursor.current.location,
      'CHECK constraints are not supported: a pipeline cannot declare them',
      'write EXPECT (condition) ON VIOLATION FAIL UPDATE',
    );
  }
  cursor.expectKeywords('EXPECT');
  if (!cursor.isSymbol('(')) throw cursor.unexpected('"(" and the condition of the expectation');
  const start = cursor.index + 1;
  const close = cursor.partnerOf(cursor.index);
  if (start === close)
    throw syntaxError(
      cursor.at(close).location,
      `the expectation ${name} has no condition`,
      'write a condition over the columns',
    );
  checkExpression(cursor, start, close, 'an expectation');
  const condition = cursor.fragment(start, close);
  cursor.moveTo(close + 1);
  return { name, condition, action: parseAction(cursor), location };
}

function parseAction(cursor: Cursor): ViolationAction {
  if (!cursor.acceptKeywords('ON')) return 'warn';
  cursor.expectKeywords('VIOLATION');
  if (cursor.acceptKeywords('DROP')) {
    cursor.expectKeywords('ROW');
    return 'drop';
  }
  if (cursor.acceptKeywords('FAIL')) {
    cursor.expectKeywords('UPDATE');
    return 'fail';
  }
  throw cursor.unexpected('DROP ROW or FAIL UPDATE', cursor.current, ['DROP', 'FAIL']);
}
