import type { SourceLocation } from '@lakewright/config';
import type { Cursor } from '../sql/cursor';
import { unsupported } from '../sql/syntax-error';
import type { Node } from './node';

/** Functions in FROM that make rows of their arguments and read nothing. */
const GENERATORS = [
  'explode',
  'explode_outer',
  'inline',
  'inline_outer',
  'json_tuple',
  'posexplode',
  'posexplode_outer',
  'range',
  'stack',
];

/** Functions that would run foreign code, or tell who asks, which the engine does not know. */
const REFUSED_FUNCTIONS = ['java_method', 'reflect', 'try_reflect', 'current_user', 'session_user', 'user', 'input_file_name'];

/** Functions whose arguments FROM separates. */
const WITH_FROM = ['EXTRACT', 'TRIM', 'BTRIM', 'LTRIM', 'RTRIM', 'SUBSTR', 'SUBSTRING', 'OVERLAY', 'POSITION'];

/**
 * Refuses what a tree might not show all of: tokens that begin a query and belong to no node of it, names that are paths, functions of
 * catalogs and functions in FROM that may read something, strings whose end engines could see elsewhere.
 *
 * @throws LakewrightError LAKEFLOW_UNSUPPORTED
 */
export function foreignSyntax(root: Node, cursor: Cursor): void {
  const seen = new Set<number>();
  collect(root, cursor, seen);
  for (let index = 0; index < cursor.length; index++) refuseToken(cursor, index, seen);
}

/** The tokens that begin the queries and relations of a tree. */
function collect(node: Node, cursor: Cursor, seen: Set<number>): void {
  if (node.kind === 'select') {
    seen.add(node.start);
    if (node.from) seen.add(node.from.start - 1);
  }
  if (node.kind === 'table') {
    checkName(node.names, node.start, cursor);
    seen.add(node.start - 1);
  }
  if (node.kind === 'derived' && node.generator) {
    const { name, at } = node.generator;
    if (!GENERATORS.includes(name) || isQualified(cursor, at)) throw refusal(cursor, at, `the function ${name}(...) in FROM`);
  }
  if (node.kind === 'lateral_view' && (!GENERATORS.includes(node.name) || isQualified(cursor, node.at)))
    throw refusal(cursor, node.at, `the function ${node.name}(...) in LATERAL VIEW`);
  for (const child of node.children) collect(child, cursor, seen);
}

function checkName(names: readonly string[], start: number, cursor: Cursor): void {
  for (const [index, name] of names.entries()) {
    const { kind, value, location } = cursor.at(start + 2 * index);
    if ((kind !== 'word' && kind !== 'quoted') || value !== name)
      throw refusal(cursor, start + 2 * index, 'what stands for a table');
    if (isPath(name)) throw pathRefused(location);
  }
}

function refuseToken(cursor: Cursor, index: number, seen: ReadonlySet<number>): void {
  const token = cursor.at(index);
  const before = cursor.at(index - 1);
  const after = cursor.at(index + 1);
  if (['SELECT', 'FROM', 'TABLE'].includes(token.keyword) && !seen.has(index) && !isSeparator(cursor, index))
    throw refusal(cursor, index, `${token.keyword} at this place`);
  if (token.kind === 'quoted' && isPath(token.value) && (before.text === '.' || after.text === '.'))
    throw pathRefused(token.location);
  if (token.kind === 'word' && after.text === '(' && after.kind === 'symbol') {
    const name = token.value.toLowerCase();
    if (isQualified(cursor, index)) throw refusal(cursor, index, `the function ${name}(...) of a catalog`);
    if (REFUSED_FUNCTIONS.includes(name) || name === 'identifier') throw refusal(cursor, index, `the function ${name}(...)`);
  }
  if (['CURRENT_USER', 'SESSION_USER'].includes(token.keyword)) throw refusal(cursor, index, `the function ${token.keyword}`);
  if (token.kind === 'string' && /^r/i.test(token.text) && token.text.includes('\\'))
    throw refusal(cursor, index, `the string ${token.text}`);
}

function isQualified(cursor: Cursor, index: number): boolean {
  return cursor.at(index - 1).text === '.' && cursor.at(index - 1).kind === 'symbol';
}

/** FROM as in `extract(DAY FROM d)` and `IS DISTINCT FROM`; TABLE, SELECT and FROM as names of fields. */
function isSeparator(cursor: Cursor, index: number): boolean {
  if (isQualified(cursor, index)) return true;
  if (cursor.at(index).keyword !== 'FROM') return false;
  if (cursor.at(index - 1).keyword === 'DISTINCT') return true;
  let depth = 0;
  for (let at = index - 1; at >= 0; at--) {
    const { kind, text } = cursor.at(at);
    if (kind !== 'symbol') continue;
    if (text === ')') depth++;
    else if (text === '(' && depth > 0) depth--;
    else if (text === '(') return WITH_FROM.includes(cursor.at(at - 1).keyword);
  }
  return false;
}

function refusal(cursor: Cursor, index: number, what: string) {
  return unsupported(
    cursor.at(index).location,
    `${what} cannot be checked against grants`,
    'write it another way, or leave --as out to act as the admin',
  );
}

/** Names that could be addresses of files. */
export function isPath(name: string): boolean {
  return /[/\\:]/.test(name);
}

export function pathRefused(location: SourceLocation) {
  return unsupported(
    location,
    'files cannot be read or written by their path here: no grant covers them',
    'name a table as catalog.schema.table',
  );
}
