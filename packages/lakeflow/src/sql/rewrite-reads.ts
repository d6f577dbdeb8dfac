import type { Query, QueryRead } from './ast';
import { quoteIdentifier } from './names';

/** SQL in the place of a read, and the name that qualifies its columns when the query gives no alias. */
export interface ReadReplacement {
  /** Where the reference begins and ends in the query's text. */
  readonly range: readonly [number, number];
  readonly sql: string;
  readonly name: string | undefined;
}

/** Other SQL for each read of a query. A table without an alias keeps its own name as one, so that `listings.id` still resolves. */
export function replaceReads(query: Query, replacement: (read: QueryRead) => string): readonly ReadReplacement[] {
  return query.reads.map((read) => ({
    range: read.range,
    sql: replacement(read),
    name: read.kind === 'table' && !read.aliased ? read.name.parts.at(-1) : undefined,
  }));
}

/**
 * The text of a query with each of its reads replaced by other SQL, such as the name of a view, as it was written otherwise. What goes
 * to the engine is made by `src/dialect`.
 */
export function rewriteReads(query: Query, replacement: (read: QueryRead) => string): string {
  let text = '';
  let at = 0;
  for (const { range, sql, name } of replaceReads(query, replacement)) {
    text += query.text.slice(at, range[0]) + sql + (name ? ` AS ${quoteIdentifier(name)}` : '');
    at = range[1];
  }
  return text + query.text.slice(at);
}
