import type { SourceLocation } from '@lakewright/config';
import type { ReadReplacement } from '../sql';
import { Cursor } from '../sql/cursor';
import { SourceText } from '../sql/source-text';
import { type Token, tokenize } from '../sql/tokenizer';
import type { Node, QueryNode } from './node';
import { QueryParser } from './parse-query';

/** A tree with the tokens that it is made of. */
export interface Parsed<Root extends Node> {
  readonly root: Root;
  readonly cursor: Cursor;
}

/**
 * @param at where the text begins in its file
 * @throws LakewrightError LAKEFLOW_SYNTAX
 */
export function parseQueryText(
  text: string,
  at: SourceLocation,
  replacements: readonly ReadReplacement[] = [],
): Parsed<QueryNode> {
  const cursor = cursorOver(text, at);
  const root = new QueryParser(cursor, replacements).query();
  if (!cursor.done) throw cursor.unexpected('the end of the query');
  return { root, cursor };
}

/** @throws LakewrightError LAKEFLOW_SYNTAX */
export function parseExpressionText(text: string, at: SourceLocation): Parsed<Node> {
  const cursor = cursorOver(text, at);
  const root = new QueryParser(cursor).expression();
  if (!cursor.done) throw cursor.unexpected('the end of the expression');
  return { root, cursor };
}

/** Tokens of a text that begins at a place of a file. */
export function cursorOver(text: string, at: SourceLocation): Cursor {
  const source = new SourceText({ path: at.file, text });
  const tokens = tokenize(source).map((token) => ({ ...token, location: moved(token, at) }));
  return new Cursor(source, tokens.slice(0, -1), tokens.at(-1)!);
}

function moved({ location }: Token, at: SourceLocation): SourceLocation {
  const column = location.line === 1 ? location.column + at.column - 1 : location.column;
  return { file: at.file, line: location.line + at.line - 1, column };
}
