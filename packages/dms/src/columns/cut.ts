import type { Column } from './column';

/** Where a large object ends that is cut at a place: a character of text stays whole. */
export function cutText(source: Buffer, start: number, at: number, column: Column): number {
  if (column.type === 'BLOB') return at;
  let end = at;
  while (end > start && (source[end]! & 0xc0) === 0x80) end -= 1;
  return end;
}
