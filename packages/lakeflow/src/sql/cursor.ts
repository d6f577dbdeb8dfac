import { LakewrightError } from '@lakewright/config';
import type { SqlFragment } from './ast';
import type { SourceText } from './source-text';
import { didYouMean, syntaxError } from './syntax-error';
import type { Token } from './tokenizer';

/** Far above what anybody writes, and below what the recursion of the parser can take. */
const DEEPEST = 200;
const BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/**
 * Walks over the tokens of one statement. Brackets have been matched beforehand, so that a range can be skipped in one step
 * and nothing below has to fear an end inside brackets.
 */
export class Cursor {
  readonly source: SourceText;
  private readonly tokens: readonly Token[];
  private readonly partners: ReadonlyMap<number, number>;
  /** The token that stands for the end of the statement. */
  private readonly last: Token;
  private position = 0;

  /** @throws LakewrightError LAKEFLOW_SYNTAX when brackets do not match */
  constructor(source: SourceText, tokens: readonly Token[], last: Token) {
    this.source = source;
    this.tokens = tokens;
    this.last = last;
    this.partners = matchBrackets(tokens);
  }

  get index(): number {
    return this.position;
  }
  /** The number of tokens. */
  get length(): number {
    return this.tokens.length;
  }
  get current(): Token {
    return this.at(this.position);
  }
  get done(): boolean {
    return this.position >= this.tokens.length;
  }

  at(index: number): Token {
    return this.tokens[index] ?? this.last;
  }
  peek(ahead = 1): Token {
    return this.at(this.position + ahead);
  }
  moveTo(index: number): void {
    this.position = index;
  }
  next(): Token {
    const token = this.current;
    if (!this.done) this.position++;
    return token;
  }
  /** The index of the bracket that closes the one at `index`. */
  partnerOf(index: number): number {
    const partner = this.partners.get(index);
    if (partner === undefined) throw this.unexpected('an opening bracket', this.at(index));
    return partner;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }
  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.position++;
    return true;
  }
  expectSymbol(symbol: string): Token {
    if (!this.isSymbol(symbol)) throw this.unexpected(`"${symbol}"`);
    return this.next();
  }

  /** Whether the next words are these keywords: `isKeywords('APPLY', 'AS', 'DELETE')`. */
  isKeywords(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, ahead) => this.peek(ahead).keyword === keyword);
  }
  acceptKeywords(...keywords: readonly string[]): boolean {
    if (!this.isKeywords(...keywords)) return false;
    this.position += keywords.length;
    return true;
  }
  expectKeywords(...keywords: readonly string[]): Token {
    const first = this.current;
    for (const keyword of keywords) {
      if (this.current.keyword !== keyword) throw this.unexpected(keyword, this.current, [keyword]);
      this.position++;
    }
    return first;
  }

  /** The error that something else stands here. `keywords` are what a misspelled word may have meant. */
  unexpected(wanted: string, token: Token = this.current, keywords: readonly string[] = []): LakewrightError {
    const found = token.kind === 'end' || token === this.last ? 'the end of the statement' : JSON.stringify(token.text);
    const meant = token.keyword ? didYouMean(token.keyword, keywords) : undefined;
    return syntaxError(token.location, `expected ${wanted}, found ${found}`, meant ? `did you mean ${meant}?` : undefined);
  }

  /** The text of the tokens from `start` up to but not including `end`. */
  fragment(start: number, end: number): SqlFragment {
    const first = this.at(start);
    const text = end > start ? this.source.text.slice(first.start, this.at(end - 1).end) : '';
    return { text, location: first.location };
  }
}

function matchBrackets(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const partners = new Map<number, number>();
  const open: { readonly index: number; readonly token: Token }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'symbol') continue;
    if (BRACKETS[token.text]) open.push({ index, token });
    if (open.length > DEEPEST) throw syntaxError(token.location, `brackets nest more than ${DEEPEST} deep`, 'split the query');
    if (token.text !== ')' && token.text !== ']') continue;
    const opening = open.pop();
    if (!opening) throw syntaxError(token.location, `"${token.text}" closes nothing`, 'remove it, or open the bracket before it');
    const wanted = BRACKETS[opening.token.text];
    if (wanted !== token.text) {
      const { line, column } = opening.token.location;
      throw syntaxError(
        token.location,
        `expected "${wanted}" for the "${opening.token.text}" at ${line}:${column}, found "${token.text}"`,
      );
    }
    partners.set(opening.index, index);
  }
  const unclosed = open.at(-1);
  if (unclosed)
    throw syntaxError(
      unclosed.token.location,
      `"${unclosed.token.text}" is not closed`,
      `add "${BRACKETS[unclosed.token.text]}"`,
    );
  return partners;
}
