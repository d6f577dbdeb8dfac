import type { SourceLocation } from '@lakewright/config';
import type { SourceText } from './source-text';
import { syntaxError } from './syntax-error';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';

/** One token; comments and white space lie between tokens and give none. */
export interface Token {
  readonly kind: TokenKind;
  /** As written, quotes included. */
  readonly text: string;
  /** What it means: a string or quoted name without its quotes and escapes, otherwise the text. */
  readonly value: string;
  /** The text in capitals for a plain word, else empty: what keywords are compared with. */
  readonly keyword: string;
  /** Half-open range in the parsed text. */
  readonly start: number;
  readonly end: number;
  readonly location: SourceLocation;
}

const SYMBOLS = ['<=>', '<>', '<=', '>=', '!=', '==', '=>', '->', '::', '||', '|>', ...'()[],.;+-*/%<>=!&|^~:?@'];
const WHITE_SPACE = /[\s\uFEFF]+/y;
const LINE_COMMENT = /--(?:\\\r?\n|[^\r\n])*/y;
const NUMBER = /(?:\d+\.\d*|\.\d+|\d+)(?:e[+-]?\d+)?(?:bd|[lsydf])?(?![\p{L}\p{N}_$])/iuy;
/** Letters, digits and underscores in any order, as Spark's IDENTIFIER; a parameter may be part of a name. */
const WORD = /(?:[\p{L}\p{N}_]|\$\{[^}\s]*\})+/uy;
const RAW_STRING = /r(?:'[^']*'|"[^"]*")/iy;
const STRING = { "'": /'(?:[^'\\]|\\[\s\S]|'')*'/y, '"': /"(?:[^"\\]|\\[\s\S]|"")*"/y } as const;
const QUOTED = /`(?:[^`]|``)*`/y;

/**
 * Splits a source into tokens by the lexical rules of Spark and Databricks SQL; the last token has the kind `end`.
 *
 * Strings stand in single or double quotes, with backslash escapes or, prefixed by `r`, without ("STRING type",
 * docs.databricks.com); a doubled quote is one quote, as in Spark 4. Names stand in backticks. Bracketed comments nest.
 * `${name}` is a (part of a) word.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX at an unclosed string, name or comment and at a character that SQL does not know
 */
export function tokenize(source: SourceText): readonly Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = skipBlank(source, 0);
  while (at < text.length) {
    const { kind, end, value } = tokenAt(source, at, tokens.at(-1));
    const written = text.slice(at, end);
    tokens.push({
      kind,
      text: written,
      value: value ?? written,
      keyword: kind === 'word' ? written.toUpperCase() : '',
      start: at,
      end,
      location: source.locate(at),
    });
    at = skipBlank(source, end);
  }
  tokens.push({ kind: 'end', text: '', value: '', keyword: '', start: at, end: at, location: source.locate(at) });
  return tokens;
}

interface Scanned {
  readonly kind: TokenKind;
  readonly end: number;
  readonly value?: string;
}

function tokenAt(source: SourceText, at: number, previous: Token | undefined): Scanned {
  const { text } = source;
  const first = text[at]!;
  if (first === "'" || first === '"') return stringAt(source, at);
  if (first === '`') {
    const end = matchEnd(QUOTED, text, at);
    if (end === undefined) throw syntaxError(source.locate(at), 'a name in backticks is not closed', 'add the closing `');
    return { kind: 'quoted', end, value: text.slice(at + 1, end - 1).replaceAll('``', '`') };
  }
  const raw = matchEnd(RAW_STRING, text, at);
  if (raw !== undefined) return { kind: 'string', end: raw, value: text.slice(at + 2, raw - 1) };
  const afterOperand = previous && (previous.kind === 'word' || previous.kind === 'quoted' || /[)\]]/.test(previous.text));
  const number = first === '.' && afterOperand ? undefined : matchEnd(NUMBER, text, at);
  if (number !== undefined) return { kind: 'number', end: number };
  const word = matchEnd(WORD, text, at);
  if (word !== undefined) return { kind: 'word', end: word };
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol) return { kind: 'symbol', end: at + symbol.length };
  const shown = String.fromCodePoint(text.codePointAt(at)!);
  if (first === '$') throw syntaxError(source.locate(at), 'a parameter is not closed or has a blank in it', 'write ${name}');
  throw syntaxError(
    source.locate(at),
    `unexpected character ${JSON.stringify(shown)}`,
    'put a name with such characters in backticks',
  );
}

function stringAt(source: SourceText, at: number): Scanned {
  const quote = source.text[at] as "'" | '"';
  const end = matchEnd(STRING[quote], source.text, at);
  if (end === undefined) throw syntaxError(source.locate(at), 'a string is not closed', `add the closing ${quote}`);
  return { kind: 'string', end, value: withoutEscapes(source.text.slice(at + 1, end - 1), quote) };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
};

/** The escapes of "STRING type" (docs.databricks.com), and Spark's octal and Unicode ones. */
function withoutEscapes(inside: string, quote: string): string {
  return inside.replace(
    /''|""|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([01][0-7]{2})|([\s\S]))/g,
    (whole, unicode?: string, wide?: string, octal?: string, other?: string) => {
      if (!whole.startsWith('\\')) return whole[0] === quote ? quote : whole;
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      const hex = unicode ?? wide;
      if (!hex) return ESCAPES[other!] ?? other!;
      const point = Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

/** Past white space and comments. */
function skipBlank(source: SourceText, from: number): number {
  const { text } = source;
  let at = from;
  for (;;) {
    const next = matchEnd(WHITE_SPACE, text, at) ?? matchEnd(LINE_COMMENT, text, at) ?? bracketedComment(source, at);
    if (next === undefined) return at;
    at = next;
  }
}

function bracketedComment(source: SourceText, start: number): number | undefined {
  const { text } = source;
  if (!text.startsWith('/*', start)) return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('/*', at)) depth++;
    else if (text.startsWith('*/', at)) depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  throw syntaxError(source.locate(start), 'a comment is not closed', 'add */ (comments nest: each /* needs its own)');
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
