import type { Cursor } from './cursor';
import type { Token } from './tokenizer';

/** A stretch of tokens, half open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A call of a function, seen from the token that names it. */
export interface Call {
  readonly name: string;
  readonly arguments: readonly Span[];
}

/** The call whose name is the token at `index`, if there is one; a method-like `a.f(...)` is none. */
export function callAt(cursor: Cursor, index: number): Call | undefined {
  const token = cursor.at(index);
  if (token.kind !== 'word' || cursor.at(index + 1).text !== '(' || cursor.at(index - 1).text === '.') return undefined;
  const close = cursor.partnerOf(index + 1);
  return { name: token.value.toLowerCase(), arguments: splitArguments(cursor, index + 2, close) };
}

function splitArguments(cursor: Cursor, start: number, end: number): readonly Span[] {
  if (start >= end) return [];
  const spans: Span[] = [];
  let from = start;
  for (const index of topLevel(cursor, { start, end })) {
    if (cursor.at(index).text !== ',') continue;
    spans.push({ start: from, end: index });
    from = index + 1;
  }
  return [...spans, { start: from, end }];
}

/** The indexes of a span that lie in no bracket of it (opening brackets included, what they hold and their ends left out). */
export function* topLevel(cursor: Cursor, { start, end }: Span): Generator<number> {
  for (let index = start; index < end; index++) {
    yield index;
    const token = cursor.at(index);
    if (token.kind === 'symbol' && (token.text === '(' || token.text === '[')) index = cursor.partnerOf(index);
  }
}

export function tokensOf(cursor: Cursor, { start, end }: Span): readonly Token[] {
  return Array.from({ length: end - start }, (_, ahead) => cursor.at(start + ahead));
}

/** The value of a span that is nothing but one string. */
export function stringOf(cursor: Cursor, span: Span | undefined): string | undefined {
  if (!span || span.end - span.start !== 1) return undefined;
  const token = cursor.at(span.start);
  return token.kind === 'string' ? token.value : undefined;
}
