import { LakewrightError } from '@lakewright/config';
import type { Parameters, SqlSource } from './ast';
import { SourceText, type Substitution } from './source-text';
import { didYouMean } from './syntax-error';
import { tokenize } from './tokenizer';

/** `\$` in a string is a plain dollar ("STRING type", docs.databricks.com). */
const PARAMETER = /\\\$|\$\{([^}]*)\}/g;

/**
 * Puts the pipeline's configuration in for every `${name}` outside comments: in strings, names and code alike, as text
 * ("Use parameters with pipelines", docs.databricks.com). Without `parameters` the text stays as it is.
 *
 * @throws LakewrightError LAKEFLOW_PARAMETER for a name that the configuration does not have
 */
export function expandParameters(source: SqlSource, parameters: Parameters | undefined): SourceText {
  const raw = new SourceText(source);
  if (!parameters) return raw;
  const substitutions: Substitution[] = [];
  for (const token of tokenize(raw)) {
    for (const found of token.text.matchAll(PARAMETER)) {
      const name = found[1];
      if (name === undefined) continue;
      const rawStart = token.start + found.index;
      if (!Object.hasOwn(parameters, name)) throw unknownParameter(raw, rawStart, name, Object.keys(parameters));
      substitutions.push({ rawStart, rawEnd: rawStart + found[0].length, value: parameters[name]! });
    }
  }
  return new SourceText(source, substitutions);
}

function unknownParameter(source: SourceText, at: number, name: string, known: readonly string[]): LakewrightError {
  const meant = didYouMean(name, known);
  const list = known.length > 0 ? `it has: ${known.join(', ')}` : 'it has none';
  return new LakewrightError('LAKEFLOW_PARAMETER', `the pipeline's configuration has no "${name}"`, {
    location: source.locate(at),
    hint: `${meant ? `did you mean "${meant}"? ` : ''}${list}`,
  });
}
