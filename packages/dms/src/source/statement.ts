/** What a statement of the binary log does to tables, where that matters for what has been written. */
export interface Statement {
  readonly kind: 'truncate' | 'drop' | 'alter' | 'create' | 'other';
  readonly tables: readonly { readonly schema: string; readonly table: string }[];
}

const NAME = '(?:`(?:[^`]|``)+`|[\\p{L}\\p{N}_$]+)';
const TABLE = `${NAME}(?:\\s*\\.\\s*${NAME})?`;
const KINDS: readonly (readonly [Statement['kind'], RegExp])[] = [
  ['truncate', new RegExp(`^TRUNCATE\\s+(?:TABLE\\s+)?(${TABLE})`, 'iu')],
  ['drop', new RegExp(`^DROP\\s+TABLE\\s+(?:IF\\s+EXISTS\\s+)?(${TABLE}(?:\\s*,\\s*${TABLE})*)`, 'iu')],
  ['alter', new RegExp(`^ALTER\\s+(?:ONLINE\\s+)?(?:IGNORE\\s+)?TABLE\\s+(?:IF\\s+EXISTS\\s+)?(${TABLE})`, 'iu')],
  ['create', new RegExp(`^CREATE\\s+(?:OR\\s+REPLACE\\s+)?TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(${TABLE})`, 'iu')],
];

/** Reads the statement of a query event. @param schema the one that names without a schema belong to */
export function readStatement(sql: string, schema: string): Statement {
  const text = sql.replace(/^(?:\s+|\/\*[^!].*?\*\/|--[^\n]*\n|#[^\n]*\n)+/su, '');
  for (const [kind, pattern] of KINDS) {
    const names = pattern.exec(text)?.[1];
    if (names) return { kind, tables: namesOf(names, schema) };
  }
  return { kind: 'other', tables: [] };
}

function namesOf(names: string, schema: string): Statement['tables'] {
  return [...names.matchAll(new RegExp(TABLE, 'gu'))].map(([name]) => {
    const parts = [...name.matchAll(new RegExp(NAME, 'gu'))].map(([part]) => plain(part));
    return parts.length === 2 ? { schema: parts[0]!, table: parts[1]! } : { schema, table: parts[0]! };
  });
}

function plain(name: string): string {
  return name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name;
}
