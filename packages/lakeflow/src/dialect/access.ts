import type { SourceLocation } from '@lakewright/config';
import type { Cursor } from '../sql/cursor';
import { unsupported } from '../sql/syntax-error';
import { foreignSyntax, isPath, pathRefused } from './access-holes';
import type { Node, QueryNode } from './node';
import { cursorOver, parseQueryText } from './parse';
import type { WrittenQuery } from './prepare';

/** A relation that a statement names. */
export interface NamedTable {
  /** As written, unquoted: one to three parts, as a table of another statement or a CTE is one part and no table of a catalog. */
  readonly parts: readonly string[];
  readonly location: SourceLocation;
  /** Half-open range of characters in the text of the query; absent for what is written to or described. */
  readonly range?: readonly [number, number];
}

/** What a statement does, and to which relations. */
export interface StatementAccess {
  readonly kind: 'query' | 'explain' | 'temporary view' | 'insert' | 'describe';
  /** In the order of the text; common tables are none. */
  readonly reads: readonly NamedTable[];
  /** The table that rows go into. */
  readonly into?: NamedTable;
  /** The temporary view that is made. */
  readonly creates?: string;
  /** The statement before its query, comments blanked. */
  readonly head: string;
  /** Its query, comments blanked; absent where there is none. */
  readonly query?: WrittenQuery;
}

/**
 * What a statement reads and writes, from its tree. Every relation that the engine could find in it is in the answer: a statement whose
 * tree might not show all of it is refused, so that what is allowed by the answer is all that can happen.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX; LAKEFLOW_UNSUPPORTED for statements of another kind, and where names, paths or functions stand
 *   that cannot be told
 */
export function statementAccess({ text, location }: WrittenQuery): StatementAccess {
  const cursor = cursorOver(text, location);
  const bare = withoutComments(text, cursor);
  const head = readHead(cursor);
  const begin = cursor.current.start;
  if (head.kind === 'describe') {
    if (!cursor.done) throw cursor.unexpected('the end of the statement');
    return { ...head, head: bare };
  }
  const query: WrittenQuery = { text: bare.slice(begin), location: cursor.current.location };
  return { ...head, head: bare.slice(0, begin), query, reads: queryReads(query) };
}

/** The relations of a query; its common tables are none. @throws as `statementAccess` */
export function queryReads({ text, location }: WrittenQuery): readonly NamedTable[] {
  const { root, cursor } = parseQueryText(text, location);
  foreignSyntax(root, cursor);
  const reads: NamedTable[] = [];
  new Reads(cursor, reads).query(root, new Set());
  return reads;
}

type Head = Pick<StatementAccess, 'kind' | 'reads' | 'into' | 'creates'>;

/** Moves to the query. */
function readHead(cursor: Cursor): Head {
  const { keyword, text, location } = cursor.current;
  if (['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(keyword) || text === '(') return { kind: 'query', reads: [] };
  if (cursor.acceptKeywords('EXPLAIN')) {
    for (const word of ['EXTENDED', 'CODEGEN', 'COST', 'FORMATTED']) if (cursor.acceptKeywords(word)) break;
    return { kind: 'explain', reads: [] };
  }
  if (cursor.isKeywords('INSERT', 'INTO') || cursor.isKeywords('INSERT', 'OVERWRITE')) {
    cursor.moveTo(cursor.index + 2);
    cursor.acceptKeywords('TABLE');
    const into = readName(cursor);
    skipColumns(cursor);
    return { kind: 'insert', reads: [], into };
  }
  if (cursor.acceptKeywords('DESCRIBE') || cursor.acceptKeywords('DESC')) {
    cursor.acceptKeywords('TABLE');
    cursor.acceptKeywords('EXTENDED');
    return { kind: 'describe', reads: [readName(cursor)] };
  }
  if (keyword === 'CREATE') {
    cursor.next();
    cursor.acceptKeywords('OR', 'REPLACE');
    if (cursor.acceptKeywords('TEMPORARY', 'VIEW') || cursor.acceptKeywords('TEMP', 'VIEW')) {
      const { parts } = readName(cursor);
      skipColumns(cursor);
      cursor.expectKeywords('AS');
      if (parts.length === 1) return { kind: 'temporary view', reads: [], creates: parts[0]!.toLowerCase() };
    }
  }
  throw unsupported(
    location,
    `${keyword || JSON.stringify(text)} cannot be checked against grants`,
    'a principal may SELECT, EXPLAIN, DESCRIBE, SHOW, INSERT INTO and CREATE TEMPORARY VIEW; leave --as out to act as the admin',
  );
}

function readName(cursor: Cursor): NamedTable {
  const { location } = cursor.current;
  const parts: string[] = [];
  do {
    const token = cursor.current;
    if (token.kind !== 'word' && token.kind !== 'quoted') throw cursor.unexpected('a table');
    if (isPath(token.value)) throw pathRefused(token.location);
    parts.push(cursor.next().value);
  } while (cursor.acceptSymbol('.'));
  return { parts, location };
}

/** `(a, b)` after a name: no query. */
function skipColumns(cursor: Cursor): void {
  if (!cursor.isSymbol('(') || ['SELECT', 'WITH', 'VALUES', 'TABLE', 'FROM'].includes(cursor.peek().keyword)) return;
  const close = cursor.partnerOf(cursor.index);
  for (let index = cursor.index + 1; index < close; index++) {
    const { kind, text } = cursor.at(index);
    if (kind !== 'word' && kind !== 'quoted' && text !== ',') return;
  }
  cursor.moveTo(close + 1);
}

/** Goes over a tree with the common tables in sight. */
class Reads {
  constructor(
    private readonly cursor: Cursor,
    private readonly into: NamedTable[],
  ) {}

  /** A common table is in sight of those after it and of the query, and not of itself. */
  query(node: QueryNode, outer: ReadonlySet<string>): void {
    const common = new Set(outer);
    for (const table of node.with) {
      this.query(table.query, common);
      common.add(table.name);
    }
    for (const child of node.children) if (child.kind !== 'common_table') this.node(child, common);
  }

  private node(node: Node, common: ReadonlySet<string>): void {
    if (node.kind === 'query') this.query(node, common);
    else if (node.kind === 'table') this.table(node.names, node, common);
    else for (const child of node.children) this.node(child, common);
  }

  private table(parts: readonly string[], { start, location }: Node, common: ReadonlySet<string>): void {
    if (parts.length === 1 && common.has(parts[0]!.toLowerCase())) return;
    const last = this.cursor.at(start + 2 * (parts.length - 1));
    this.into.push({ parts, location, range: [this.cursor.at(start).start, last.end] });
  }
}

/** Comments as blanks, so that what is checked is what the engine reads; places stay. */
function withoutComments(text: string, cursor: Cursor): string {
  let out = '';
  let at = 0;
  for (let index = 0; index < cursor.length; index++) {
    const { start, end } = cursor.at(index);
    out += text.slice(at, start).replace(/[^\r\n]/g, ' ') + text.slice(start, end);
    at = end;
  }
  return out + text.slice(at).replace(/[^\r\n]/g, ' ');
}
