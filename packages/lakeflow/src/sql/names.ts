import type { QualifiedName } from './ast';
import type { Cursor } from './cursor';
import { syntaxError, unsupported } from './syntax-error';
import type { Token } from './tokenizer';

/** A word or a name in backticks. `wanted` says what it names, for the error. */
export function parseIdentifier(cursor: Cursor, wanted: string): Token {
  const { kind } = cursor.current;
  if (kind !== 'word' && kind !== 'quoted') throw cursor.unexpected(wanted);
  const token = cursor.next();
  if (token.value === '') throw syntaxError(token.location, `expected ${wanted}, found an empty name`);
  return token;
}

/**
 * A name of one to three parts.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX; LAKEFLOW_UNSUPPORTED for the LIVE schema of older pipelines
 */
export function parseQualifiedName(cursor: Cursor, wanted: string): QualifiedName {
  const first = parseIdentifier(cursor, wanted);
  const parts = [first.value];
  while (cursor.acceptSymbol('.')) parts.push(parseIdentifier(cursor, `the next part of ${wanted}`).value);
  if (first.keyword === 'LIVE' && parts.length > 1) {
    throw unsupported(
      first.location,
      'the LIVE schema belongs to older pipelines',
      `write ${parts.slice(1).join('.')} without LIVE`,
    );
  }
  if (parts.length > 3)
    throw syntaxError(first.location, `${parts.join('.')} has ${parts.length} parts`, 'a name is catalog.schema.table');
  return { parts, location: first.location };
}

/** `(a, b)`: names in parentheses, at least one, no name twice. */
export function parseNameList(cursor: Cursor, wanted: string): readonly string[] {
  cursor.expectSymbol('(');
  const names: string[] = [];
  do {
    const token = parseIdentifier(cursor, wanted);
    if (names.some((name) => name.toLowerCase() === token.value.toLowerCase())) {
      throw syntaxError(token.location, `${token.value} is named twice`, 'name each column once');
    }
    if (cursor.isSymbol('.')) {
      throw unsupported(cursor.current.location, `a field of a struct cannot be ${wanted}`, 'make it a column of its own first');
    }
    names.push(token.value);
  } while (cursor.acceptSymbol(','));
  cursor.expectSymbol(')');
  return names;
}

/** A part of a name as SQL, in backticks where it needs them. A part that holds a parameter is left as it is. */
export function quoteIdentifier(part: string): string {
  return /^(?:[A-Za-z_]|\$\{[^}]*\})(?:\w|\$\{[^}]*\})*$/.test(part) ? part : `\`${part.replaceAll('`', '``')}\``;
}

/** A name as SQL. */
export function quoteName(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join('.');
}

/** A string literal as SQL. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
