import type { Cursor } from './cursor';
import { parseLiteral, parseString } from './literals';
import { parseIdentifier, parseNameList } from './names';
import { syntaxError, unsupported } from './syntax-error';

export interface TableClauses {
  readonly comment?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly clusterBy: readonly string[];
}

type Draft = { comment?: string; properties: Record<string, string>; clusterBy: readonly string[] };

const CLAUSES: Readonly<Record<string, (cursor: Cursor, draft: Draft) => void>> = {
  COMMENT: (cursor, draft) => {
    draft.comment = parseString(cursor, 'the text of the comment');
  },
  TBLPROPERTIES: (cursor, draft) => {
    draft.properties = parseProperties(cursor);
  },
  CLUSTER: (cursor, draft) => {
    cursor.expectKeywords('BY');
    if (!cursor.acceptKeywords('AUTO') && !cursor.acceptKeywords('NONE')) draft.clusterBy = parseNameList(cursor, 'a column');
  },
  USING: (cursor) => {
    if (cursor.acceptKeywords('DELTA')) return;
    if (cursor.current.kind !== 'word') throw cursor.unexpected('DELTA');
    throw unsupported(cursor.current.location, 'tables of a pipeline are Delta tables here', 'leave out USING');
  },
};

const REFUSED: Readonly<Record<string, readonly [what: string, wayOut: string]>> = {
  PARTITIONED: ['PARTITIONED BY is not supported', 'write CLUSTER BY (columns)'],
  LOCATION: ['a LOCATION of its own is not supported', "leave it out: the table lies in its schema's storage"],
  WITH: ['a row filter is not supported yet', 'filter in the query, or grant a view'],
  SCHEDULE: ['a SCHEDULE in the statement is not supported', 'schedule the pipeline with a job'],
  TRIGGER: ['a TRIGGER in the statement is not supported', 'schedule the pipeline with a job'],
  REFRESH: ['a refresh policy is not supported yet', 'leave it out'],
  DEFAULT: ['a default collation is not supported yet', 'leave it out'],
};

/** The clauses between the columns and the query, in any order, each at most once. */
export function parseTableClauses(cursor: Cursor): TableClauses {
  const draft: Draft = { properties: {}, clusterBy: [] };
  const seen = new Set<string>();
  while (!cursor.done && !cursor.isKeywords('AS') && !cursor.isKeywords('FLOW')) {
    const { keyword, location } = cursor.current;
    const refused = Object.hasOwn(REFUSED, keyword) ? REFUSED[keyword] : undefined;
    if (refused) throw unsupported(location, ...refused);
    const parse = Object.hasOwn(CLAUSES, keyword) ? CLAUSES[keyword] : undefined;
    if (!parse)
      throw cursor.unexpected('AS, FLOW or a clause of the table', cursor.current, [
        ...Object.keys(CLAUSES),
        ...Object.keys(REFUSED),
        'FLOW',
      ]);
    if (seen.has(keyword)) throw syntaxError(location, `${keyword} is given twice`, 'remove one');
    seen.add(keyword);
    cursor.next();
    parse(cursor, draft);
  }
  return draft;
}

/** `(a.b = 'x', 'c' = 1)`; the sign may be left out. */
function parseProperties(cursor: Cursor): Record<string, string> {
  const properties: Record<string, string> = {};
  cursor.expectSymbol('(');
  do {
    const key = cursor.current.kind === 'string' ? parseString(cursor, 'a property') : parseDottedKey(cursor);
    if (!cursor.acceptSymbol('==')) cursor.acceptSymbol('=');
    properties[key] = parseLiteral(cursor, `the value of ${key}`);
  } while (cursor.acceptSymbol(','));
  cursor.expectSymbol(')');
  return properties;
}

function parseDottedKey(cursor: Cursor): string {
  const parts = [parseIdentifier(cursor, 'a property').value];
  while (cursor.acceptSymbol('.')) parts.push(parseIdentifier(cursor, 'the next part of the property').value);
  return parts.join('.');
}
