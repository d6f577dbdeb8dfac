import type { LakewrightError, SourceLocation } from '@lakewright/config';
import type { AutoCdc, ColumnSelection, QueryRead, SqlFragment } from './ast';
import type { Cursor } from './cursor';
import { parseIdentifier, parseNameList } from './names';
import { checkExpression } from './query';
import { didYouMean, syntaxError, unsupported } from './syntax-error';
import { parseTableReference } from './table-reference';

/** How each clause begins. */
const CLAUSES = {
  keys: ['KEYS'],
  ignoreNullUpdates: ['IGNORE', 'NULL', 'UPDATES'],
  applyAsDelete: ['APPLY', 'AS', 'DELETE', 'WHEN'],
  applyAsTruncate: ['APPLY', 'AS', 'TRUNCATE', 'WHEN'],
  sequenceBy: ['SEQUENCE', 'BY'],
  systemSequenceBy: ['SYSTEM', 'SEQUENCE', 'BY'],
  columns: ['COLUMNS'],
  columnsToUpdate: ['COLUMNS', 'TO', 'UPDATE'],
  storedAs: ['STORED', 'AS'],
  trackHistory: ['TRACK', 'HISTORY', 'ON'],
} as const;
type Clause = keyof typeof CLAUSES;

type Draft = { -readonly [Field in Exclude<keyof AutoCdc, 'source'>]?: AutoCdc[Field] };

/**
 * What follows the target of an AUTO CDC flow: `FROM STREAM(source) KEYS (...) ... SEQUENCE BY ...`
 * ("AUTO CDC INTO (pipelines)", docs.databricks.com). Databricks documents one order of the clauses; Spark 4.3 takes any, and so
 * does this.
 *
 * @param location of the statement, for what is missing from it
 * @param once whether the flow runs once: then its source need not be a stream
 */
export function parseAutoCdc(cursor: Cursor, location: SourceLocation, { once = false } = {}): AutoCdc {
  cursor.expectKeywords('FROM');
  const source = parseSource(cursor, once);
  const draft: Draft = {};
  const seen = new Set<Clause>();
  while (!cursor.done) {
    const clause = clauseAt(cursor);
    if (!clause) throw cursor.unexpected('a clause of AUTO CDC', cursor.current, firstWords());
    const { location: begun } = cursor.expectKeywords(...CLAUSES[clause]);
    if (seen.has(clause)) throw syntaxError(begun, `${CLAUSES[clause].join(' ')} is given twice`, 'remove one');
    seen.add(clause);
    parseClause(cursor, clause, begun, draft);
  }
  return complete(source, draft, location);
}

function firstWords(): readonly string[] {
  return Object.values(CLAUSES).map(([first]) => first);
}

/** The clause whose first word stands here (its other words are checked when it is read). */
function clauseAt(cursor: Cursor): Clause | undefined {
  const clauses = Object.keys(CLAUSES) as Clause[];
  if (cursor.isKeywords('APPLY')) return cursor.peek(2).keyword === 'TRUNCATE' ? 'applyAsTruncate' : 'applyAsDelete';
  if (cursor.isKeywords(...CLAUSES.columnsToUpdate)) return 'columnsToUpdate';
  return clauses.find((clause) => cursor.isKeywords(CLAUSES[clause][0]));
}

function parseSource(cursor: Cursor, once: boolean): QueryRead {
  if (cursor.isSymbol('(')) {
    throw syntaxError(
      cursor.current.location,
      'AUTO CDC reads a table, not a query',
      'put the query into a temporary view and read STREAM(view)',
    );
  }
  const { start, location } = cursor.current;
  const source = parseTableReference(cursor, start);
  if (source.kind === 'function') throw syntaxError(location, `AUTO CDC cannot read ${source.name}(...)`, 'read STREAM(table)');
  if (source.streaming || once) return source;
  const wayOut =
    source.kind === 'table' ? `write FROM STREAM(${source.name.parts.join('.')})` : 'write FROM STREAM read_files(...)';
  throw syntaxError(location, 'the source of AUTO CDC must be streaming', wayOut);
}

function parseClause(cursor: Cursor, clause: Clause, location: SourceLocation, draft: Draft): void {
  switch (clause) {
    case 'keys':
      draft.keys = parseNameList(cursor, 'a key');
      return;
    case 'applyAsDelete':
      draft.applyAsDeleteWhen = parseExpression(cursor, 'the condition of APPLY AS DELETE WHEN');
      return;
    case 'sequenceBy':
      draft.sequenceBy = parseExpression(cursor, 'the expression of SEQUENCE BY');
      return;
    case 'columns':
      draft.columns = parseSelection(cursor);
      return;
    case 'trackHistory':
      draft.trackHistory = parseSelection(cursor);
      return;
    case 'storedAs':
      draft.scdType = parseScdType(cursor);
      return;
    case 'ignoreNullUpdates':
      draft.ignoreNullUpdates = cursor.acceptKeywords('ON') ? parseSelection(cursor) : { kind: 'all' };
      return;
    case 'applyAsTruncate':
      draft.applyAsTruncateWhen = parseExpression(cursor, 'the condition of APPLY AS TRUNCATE WHEN');
      return;
    case 'columnsToUpdate':
      throw unsupported(
        location,
        'COLUMNS TO UPDATE is not supported: how its column names the columns of an event is not documented closely enough',
        'leave what an event does not update null, and write IGNORE NULL UPDATES',
      );
    case 'systemSequenceBy':
      throw refuseBitemporal(location, 'SYSTEM SEQUENCE BY');
  }
}

function refuseBitemporal(location: SourceLocation, what: string): LakewrightError {
  return unsupported(
    location,
    `${what} is not supported: bitemporal tables are a beta on Databricks`,
    'write STORED AS SCD TYPE 2 and keep the second time as a column',
  );
}

function parseScdType(cursor: Cursor): 1 | 2 {
  if (cursor.isKeywords('BITEMPORAL')) throw refuseBitemporal(cursor.current.location, 'STORED AS BITEMPORAL');
  cursor.expectKeywords('SCD', 'TYPE');
  const { text } = cursor.current;
  if (text !== '1' && text !== '2') throw cursor.unexpected('1 or 2 after SCD TYPE');
  cursor.next();
  return text === '1' ? 1 : 2;
}

/** `*`, `* EXCEPT (a, b)`, `(a, b)` or `a, b`. */
function parseSelection(cursor: Cursor): ColumnSelection {
  if (cursor.acceptSymbol('*'))
    return cursor.acceptKeywords('EXCEPT') ? { kind: 'except', names: parseNameList(cursor, 'a column') } : { kind: 'all' };
  if (cursor.isSymbol('(')) return { kind: 'list', names: parseNameList(cursor, 'a column') };
  const names: string[] = [];
  do names.push(parseIdentifier(cursor, 'a column, "*" or "("').value);
  while (cursor.acceptSymbol(','));
  return { kind: 'list', names };
}

/** Up to the next clause; brackets are passed over whole. */
function parseExpression(cursor: Cursor, what: string): SqlFragment {
  const start = cursor.index;
  while (!cursor.done && (cursor.index === start || !clauseAt(cursor) || cursor.peek(-1).text === '.')) {
    refuseMisspelledClause(cursor, start);
    if (cursor.isSymbol('(') || cursor.isSymbol('[')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
    else cursor.next();
  }
  if (cursor.index === start) throw cursor.unexpected(what);
  checkExpression(cursor, start, cursor.index, what);
  return cursor.fragment(start, cursor.index);
}

/** Two operands side by side, and the second one looks like a clause: `op = 'd' SEQUENCE_BY seq`. */
function refuseMisspelledClause(cursor: Cursor, start: number): void {
  const before = cursor.peek(-1);
  const operand = before.kind !== 'symbol' || before.text === ')' || before.text === ']';
  if (cursor.index === start || !operand || !cursor.current.keyword || !didYouMean(cursor.current.keyword, firstWords())) return;
  throw cursor.unexpected('an operator or the next clause', cursor.current, firstWords());
}

function complete(source: QueryRead, draft: Draft, location: SourceLocation): AutoCdc {
  const { keys, sequenceBy, columns = { kind: 'all' }, scdType = 1, trackHistory = { kind: 'all' }, ...conditions } = draft;
  if (!keys) throw syntaxError(location, 'AUTO CDC without KEYS', 'say what identifies a row: KEYS (id)');
  if (!sequenceBy)
    throw syntaxError(location, 'AUTO CDC without SEQUENCE BY', 'say what orders the changes of a key: SEQUENCE BY updated_at');
  for (const key of keys) {
    if (!isSelected(columns, key))
      throw syntaxError(location, `the key ${key} is not among COLUMNS`, 'a key must be a column of the target');
  }
  validateScdType(draft, scdType, location);
  validateListed(columns, trackHistory, 'the tracked column', location);
  validateListed(columns, draft.ignoreNullUpdates, 'the column of IGNORE NULL UPDATES,', location);
  return { ...conditions, source, keys, sequenceBy, columns, scdType, trackHistory };
}

/** What belongs to one type only: "AUTO CDC INTO (pipelines)", docs.databricks.com. */
function validateScdType(draft: Draft, scdType: 1 | 2, location: SourceLocation): void {
  if (draft.trackHistory && scdType === 1) {
    const hint = 'write STORED AS SCD TYPE 2, or leave TRACK HISTORY out';
    throw syntaxError(location, 'TRACK HISTORY ON belongs to SCD TYPE 2', hint);
  }
  if (draft.applyAsTruncateWhen && scdType === 2) {
    const hint = 'write STORED AS SCD TYPE 1, or let the source send a delete for every key';
    throw syntaxError(draft.applyAsTruncateWhen.location, 'APPLY AS TRUNCATE WHEN belongs to SCD TYPE 1', hint);
  }
}

function validateListed(
  columns: ColumnSelection,
  chosen: ColumnSelection | undefined,
  what: string,
  location: SourceLocation,
): void {
  const missing = chosen?.kind === 'list' ? chosen.names.find((name) => !isSelected(columns, name)) : undefined;
  if (!missing) return;
  throw syntaxError(location, `${what} ${missing} is not among COLUMNS`, 'name columns of the target');
}

function isSelected(columns: ColumnSelection, name: string): boolean {
  if (columns.kind === 'all') return true;
  return columns.names.some((other) => other.toLowerCase() === name.toLowerCase()) === (columns.kind === 'list');
}
