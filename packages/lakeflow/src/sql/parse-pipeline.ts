import type { Parameters, SqlSource, Statement } from './ast';
import { Cursor } from './cursor';
import { expandParameters } from './parameters';
import { parseStatement } from './statement';
import { unsupported } from './syntax-error';
import { type Token, tokenize } from './tokenizer';

/**
 * Parses the SQL files of a pipeline.
 *
 * @param parameters the pipeline's `configuration`, put in for `${name}`; left out, `${name}` stays in the text (to look at a
 *   pipeline before its configuration is known)
 * @returns the statements in the order of the files; an inline flow and its table are two statements
 * @throws LakewrightError LAKEFLOW_SYNTAX, LAKEFLOW_UNSUPPORTED, LAKEFLOW_PARAMETER or LAKEFLOW_ENGINE_WRONG_ANSWER, with
 *   file, line, column and a hint
 */
export function parsePipeline(sources: readonly SqlSource[], parameters?: Parameters): readonly Statement[] {
  return sources.flatMap((source) => parseSource(source, parameters));
}

function parseSource(source: SqlSource, parameters: Parameters | undefined): readonly Statement[] {
  if (/\.(?:py|ipynb)$/i.test(source.path)) {
    throw unsupported(
      { file: source.path, line: 1, column: 1 },
      'Python files of a pipeline are not supported',
      'write the dataset in SQL',
    );
  }
  const text = expandParameters(source, parameters);
  const statements: Statement[] = [];
  let begun: Token[] = [];
  for (const token of tokenize(text)) {
    const ends = token.kind === 'end' || (token.kind === 'symbol' && token.text === ';');
    if (!ends) begun.push(token);
    else if (begun.length > 0) {
      statements.push(...parseStatement(new Cursor(text, begun, token)));
      begun = [];
    }
  }
  return statements;
}
