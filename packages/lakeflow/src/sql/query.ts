import type { Query, QueryRead } from './ast';
import type { Cursor } from './cursor';
import { QueryScan } from './query-scan';
import { checkRefusals } from './refusals';
import { unsupported } from './syntax-error';

/**
 * Reads a query from the cursor to the end of the statement and finds every table and file that it reads. It knows the shape of
 * a query (WITH, set operations, FROM and its relations, subqueries), not the expressions: those are the engine's to judge.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX, LAKEFLOW_UNSUPPORTED, LAKEFLOW_ENGINE_WRONG_ANSWER
 */
export function parseQuery(cursor: Cursor): Query {
  const start = cursor.index;
  checkRefusals(cursor, start, cursor.length);
  const scan = new QueryScan(cursor, cursor.current.start);
  scan.wholeQuery(cursor.length, new Map());
  for (const read of scan.reads) refuseLongQualifier(cursor, start, read);
  const [windowed, second] = scan.windowed;
  if (windowed && (second || scan.reads.length > 1)) {
    const message = 'an aggregate over a stream must be the only thing that its query reads';
    throw unsupported(cursor.at(start).location, message, 'let other tables read what it writes');
  }
  return { ...cursor.fragment(start, cursor.index), reads: scan.reads, ...(windowed && { windowed }) };
}

/**
 * Finds the subqueries of a condition such as an expectation, which may have none
 * ("Manage data quality with pipeline expectations", docs.databricks.com).
 */
export function checkExpression(cursor: Cursor, start: number, end: number, what: string): void {
  checkRefusals(cursor, start, end);
  for (let index = start; index < end; index++) {
    const token = cursor.at(index);
    if (token.keyword === 'SELECT' && cursor.at(index - 1).text === '(') {
      throw unsupported(
        token.location,
        `${what} cannot have a subquery`,
        'join what it needs in the query of the table it is about',
      );
    }
  }
}

/** `silver.listings.id` after `FROM silver.listings`: the runtime reads the table under another name, keeping only its last part. */
function refuseLongQualifier(cursor: Cursor, start: number, read: QueryRead): void {
  if (read.kind !== 'table' || read.aliased || read.name.parts.length < 2) return;
  const [last, qualifier] = read.name.parts.toReversed().map((part) => part.toLowerCase());
  for (let index = start + 2; index < cursor.length - 1; index++) {
    const found = cursor.at(index).value.toLowerCase() === last && cursor.at(index - 2).value.toLowerCase() === qualifier;
    if (!found || cursor.at(index - 1).text !== '.' || cursor.at(index + 1).text !== '.') continue;
    const name = read.name.parts.join('.');
    throw unsupported(
      cursor.at(index - 2).location,
      `a column qualified by the whole name ${name} is not supported`,
      `write ${last}.column, or give the table an alias`,
    );
  }
}
