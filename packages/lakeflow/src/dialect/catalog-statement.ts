import type { Cursor } from '../sql/cursor';
import { unsupported } from '../sql/syntax-error';
import { cursorOver } from './parse';
import type { WrittenQuery } from './prepare';

/** A statement about the catalog itself. */
export type CatalogStatement =
  | {
      readonly kind: 'list';
      readonly what: 'catalogs' | 'schemas' | 'tables' | 'volumes';
      /** `catalog` or `catalog.schema`; none for catalogs. */
      readonly inside: readonly string[];
      /** `*` for any letters, `|` between alternatives. */
      readonly like?: string;
    }
  | {
      readonly kind: 'grants';
      readonly principal?: string;
      /** As written, in capitals: SCHEMA, EXTERNAL LOCATION. */
      readonly on: string;
      readonly name: readonly string[];
    }
  | { readonly kind: 'change grants'; readonly verb: string };

const LISTS: Readonly<Record<string, 'catalogs' | 'schemas' | 'tables' | 'volumes'>> = {
  CATALOGS: 'catalogs',
  SCHEMAS: 'schemas',
  DATABASES: 'schemas',
  TABLES: 'tables',
  VOLUMES: 'volumes',
};
const PARTS = { catalogs: 0, schemas: 1, tables: 2, volumes: 2 } as const;

/** Kinds of securables as GRANT and SHOW GRANTS name them ("Privileges and securable objects in Unity Catalog", docs.databricks.com). */
const SECURABLES = [
  ['METASTORE'],
  ['CATALOG'],
  ['SCHEMA'],
  ['DATABASE'],
  ['TABLE'],
  ['VIEW'],
  ['MATERIALIZED', 'VIEW'],
  ['VOLUME'],
  ['FUNCTION'],
  ['EXTERNAL', 'LOCATION'],
  ['STORAGE', 'CREDENTIAL'],
];

/**
 * SHOW CATALOGS, SCHEMAS, TABLES, VOLUMES and GRANTS, GRANT and REVOKE; undefined for any other statement.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX, LAKEFLOW_UNSUPPORTED where a list lacks its place
 */
export function catalogStatement({ text, location }: WrittenQuery): CatalogStatement | undefined {
  const cursor = cursorOver(text, location);
  if (cursor.isKeywords('GRANT') || cursor.isKeywords('REVOKE')) return { kind: 'change grants', verb: cursor.current.keyword };
  if (!cursor.acceptKeywords('SHOW')) return undefined;
  if (cursor.acceptKeywords('GRANTS') || cursor.acceptKeywords('GRANT')) return grants(cursor);
  const what = LISTS[cursor.current.keyword];
  return what && list(cursor, what);
}

function list(cursor: Cursor, what: 'catalogs' | 'schemas' | 'tables' | 'volumes'): CatalogStatement {
  const { location } = cursor.next();
  const inside = cursor.acceptKeywords('IN') || cursor.acceptKeywords('FROM') ? name(cursor) : [];
  cursor.acceptKeywords('LIKE');
  const like = cursor.current.kind === 'string' ? cursor.next().value : undefined;
  atEnd(cursor);
  if (inside.length === PARTS[what]) return { kind: 'list', what, inside, like };
  const place = ['', ' IN <catalog>', ' IN <catalog>.<schema>'][PARTS[what]];
  throw unsupported(location, 'there is no current catalog or schema here', `write SHOW ${what.toUpperCase()}${place}`);
}

function grants(cursor: Cursor): CatalogStatement {
  const principal = cursor.isKeywords('ON') ? undefined : cursor.next().value;
  cursor.expectKeywords('ON');
  const words = SECURABLES.find((each) => cursor.isKeywords(...each) && isNamed(cursor, each.length));
  if (words) cursor.moveTo(cursor.index + words.length);
  const on = words?.join(' ') ?? 'TABLE';
  const found = on === 'METASTORE' ? [] : name(cursor);
  atEnd(cursor);
  return { kind: 'grants', ...(principal === undefined ? {} : { principal }), on, name: found };
}

/** A table may be called catalog: then no name follows. */
function isNamed(cursor: Cursor, length: number): boolean {
  const { kind, text } = cursor.peek(length);
  return kind === 'word' || kind === 'quoted' || (text !== '.' && cursor.isKeywords('METASTORE'));
}

function name(cursor: Cursor): readonly string[] {
  const parts: string[] = [];
  do {
    if (cursor.current.kind !== 'word' && cursor.current.kind !== 'quoted') throw cursor.unexpected('a name');
    parts.push(cursor.next().value);
  } while (cursor.acceptSymbol('.'));
  return parts;
}

function atEnd(cursor: Cursor): void {
  if (!cursor.done) throw cursor.unexpected('the end of the statement');
}
