import { LakewrightError } from '@lakewright/config';
import type { SqlSource } from './ast';
import { quoteString } from './names';
import { SourceText } from './source-text';
import { didYouMean } from './syntax-error';
import { type Token, tokenize } from './tokenizer';

/**
 * Puts values in for the named parameter markers (`:name`) of a text, as string literals: what a task of a job gives to a SQL file has
 * the type STRING. Source: docs.databricks.com, "Parameter markers" and "SQL task for jobs".
 *
 * @throws LakewrightError LAKEFLOW_MARKER for a marker without a value; LAKEFLOW_SYNTAX
 */
export function bindMarkers(source: SqlSource, values: Readonly<Record<string, string>>): string {
  const text = new SourceText(source);
  const tokens = tokenize(text);
  const parts: string[] = [];
  let copied = 0;
  for (const [index, token] of tokens.entries()) {
    const name = tokens[index + 1]!;
    if (token.text !== ':' || name.kind !== 'word' || name.start !== token.end || reachesInto(tokens[index - 1], token)) continue;
    if (!Object.hasOwn(values, name.text)) throw unbound(token, name.text, Object.keys(values));
    parts.push(source.text.slice(copied, token.start), literal(values[name.text]!));
    copied = name.end;
  }
  return [...parts, source.text.slice(copied)].join('');
}

/** Right behind an operand `:` reaches into a VARIANT or a JSON text. */
function reachesInto(before: Token | undefined, colon: Token): boolean {
  if (before === undefined || before.end !== colon.start) return false;
  return before.kind === 'word' || before.kind === 'quoted' || before.text === ')' || before.text === ']';
}

/** On one line, so that the lines of what follows stay as they are. */
function literal(text: string): string {
  return quoteString(text).replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function unbound(token: Token, name: string, known: readonly string[]): LakewrightError {
  const meant = didYouMean(name, known);
  const list = known.length > 0 ? `there are: ${known.join(', ')}` : 'there are none';
  return new LakewrightError('LAKEFLOW_MARKER', `:${name} has no value`, {
    location: token.location,
    hint: `${meant ? `did you mean ":${meant}"? ` : ''}parameters of the task and the job; ${list}`,
  });
}
