import type { Query, QueryRead } from './ast';
import { quoteIdentifier } from './names';

/**
 * The text of a query with each of its reads replaced by other SQL, such as the name of a view. A table without an alias keeps
 * its own name as one, so that `listings.id` still resolves.
 */
export function rewriteReads(query: Query, replacement: (read: QueryRead) => string): string {
  let text = '';
  let at = 0;
  for (const read of query.reads) {
    const [start, end] = read.range;
    const name = read.kind === 'table' && !read.aliased ? read.name.parts.at(-1) : undefined;
    text += query.text.slice(at, start) + replacement(read) + (name ? ` AS ${quoteIdentifier(name)}` : '');
    at = end;
  }
  return text + query.text.slice(at);
}

/** A stream with the column that its watermark computes. */
export function withWatermark({ watermark }: QueryRead, relation: string): string {
  if (watermark?.expression === undefined) return relation;
  return `(SELECT *, (${watermark.expression}) AS ${quoteIdentifier(watermark.column)} FROM ${relation})`;
}
