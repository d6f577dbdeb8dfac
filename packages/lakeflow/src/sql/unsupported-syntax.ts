import type { Cursor } from './cursor';
import { callAt } from './token-pattern';
import type { Refusal } from './wrong-answers';

const NO_SYNTAX = 'the engine has no such syntax';
const NO_FUNCTION = 'the engine has no such function';

function called(name: string, arity: (count: number) => boolean = () => true): Refusal['detector'] {
  return (cursor, index) => {
    const found = callAt(cursor, index);
    return found?.name === name && arity(found.arguments.length);
  };
}

function keyword(word: string, next: (cursor: Cursor, index: number) => boolean): Refusal['detector'] {
  return (cursor, index) => cursor.at(index).keyword === word && cursor.at(index - 1).text !== '.' && next(cursor, index + 1);
}

/** What Databricks runs and the default engine (Sail 0.7.2) rejects; refused here with what to write instead. */
export const UNSUPPORTED_SYNTAX: readonly Refusal[] = [
  {
    name: 'a named parameter marker (:name)',
    detector: (cursor, index) => cursor.at(index).text === ':' && !endsOperand(cursor, index - 1) && isName(cursor, index + 1),
    reason: 'the parameters of a pipeline are its configuration',
    alternative: 'write ${name}',
  },
  {
    name: 'UNPIVOT',
    detector: keyword('UNPIVOT', (cursor, index) => ['(', 'INCLUDE', 'EXCLUDE'].includes(cursor.at(index).text.toUpperCase())),
    reason: NO_SYNTAX,
    alternative: 'write stack(n, ...) in the select list',
  },
  {
    name: 'pipe syntax (|>)',
    detector: (cursor, index) => cursor.at(index).text === '|>',
    reason: NO_SYNTAX,
    alternative: 'write one common table expression a step',
  },
  {
    name: 'decode with pairs',
    detector: called('decode', (count) => count > 2),
    reason: NO_FUNCTION,
    alternative: 'write CASE x WHEN ... THEN ... ELSE ... END',
  },
  {
    name: 'zip_with',
    detector: called('zip_with'),
    reason: NO_FUNCTION,
    alternative: 'write transform(arrays_zip(a, b), pair -> ...)',
  },
  {
    name: 'transform_values',
    detector: called('transform_values'),
    reason: NO_FUNCTION,
    alternative: 'write map_from_arrays(map_keys(m), transform(map_values(m), v -> ...))',
  },
];

function isName(cursor: Cursor, index: number): boolean {
  const { kind } = cursor.at(index);
  return kind === 'word' || kind === 'quoted';
}

function endsOperand(cursor: Cursor, index: number): boolean {
  const { kind, text } = cursor.at(index);
  return (
    kind === 'word' || kind === 'quoted' || kind === 'string' || kind === 'number' || text === ')' || text === ']' || text === '*'
  );
}
