import type { Cursor } from '../sql/cursor';

/** Moves past a type and gives its text: `DECIMAL(10, 2)`, `ARRAY<STRUCT<a: INT NOT NULL>>`, `INTERVAL DAY TO SECOND`. */
export function skipType(cursor: Cursor): string {
  const start = cursor.index;
  if (cursor.current.kind !== 'word') throw cursor.unexpected('a type');
  const { keyword } = cursor.next();
  if (keyword === 'INTERVAL') {
    if (/^(?:YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)$/.test(cursor.current.keyword)) cursor.next();
    if (cursor.acceptKeywords('TO')) cursor.next();
  }
  if (cursor.isSymbol('<')) skipAngles(cursor);
  else if (cursor.isSymbol('<>')) cursor.next();
  else if (cursor.isSymbol('(')) cursor.moveTo(cursor.partnerOf(cursor.index) + 1);
  return cursor.fragment(start, cursor.index).text;
}

function skipAngles(cursor: Cursor): void {
  let depth = 0;
  do {
    if (cursor.done) throw cursor.unexpected('">"');
    if (cursor.isSymbol('<')) depth++;
    if (cursor.isSymbol('>')) depth--;
    cursor.next();
  } while (depth > 0);
}
