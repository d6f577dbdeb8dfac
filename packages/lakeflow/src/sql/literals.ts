import type { Cursor } from './cursor';

/** A string; neighbouring literals are one (`'a' 'b'` is `'ab'`). */
export function parseString(cursor: Cursor, wanted: string): string {
  if (cursor.current.kind !== 'string') throw cursor.unexpected(wanted);
  let text = '';
  while (cursor.current.kind === 'string') text += cursor.next().value;
  return text;
}

/**
 * A string, number, boolean, or a parameter that has not been put in (`${name}`), as text.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX for anything else: such values are read before a query runs
 */
export function parseLiteral(cursor: Cursor, wanted: string): string {
  const { current } = cursor;
  if (current.kind === 'string') return parseString(cursor, wanted);
  const sign = cursor.isSymbol('-') && cursor.peek().kind === 'number' ? cursor.next().text : '';
  const token = cursor.current;
  const constant = token.kind === 'number' || ['TRUE', 'FALSE', 'NULL'].includes(token.keyword) || isParameter(token.text);
  if (!constant) throw cursor.unexpected(`${wanted} (a literal)`);
  return sign + cursor.next().text;
}

function isParameter(text: string): boolean {
  return text.startsWith('${');
}
