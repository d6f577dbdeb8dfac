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
    name: 'a path into semi-structured data (column:a.b)',
    detector: isPath,
    reason: NO_SYNTAX,
    alternative: "write get_json_object(column, '$.a.b')",
  },
  {
    name: 'a named parameter marker (:name)',
    detector: (cursor, index) => cursor.at(index).text === ':' && !endsOperand(cursor, index - 1) && isName(cursor, index + 1),
    reason: 'the parameters of a pipeline are its configuration',
    alternative: 'write ${name}',
  },
  {
    name: 'QUALIFY',
    detector: keyword('QUALIFY', (cursor, index) => endsOperand(cursor, index - 2) && cursor.at(index - 2).keyword !== 'AS'),
    reason: NO_SYNTAX,
    alternative: 'compute the window function in a subquery and filter on it with WHERE outside',
  },
  {
    name: '* EXCEPT (...)',
    detector: (cursor, index) =>
      cursor.at(index).text === '*' &&
      ['EXCEPT', 'EXCLUDE'].includes(cursor.at(index + 1).keyword) &&
      cursor.at(index + 2).text === '(' &&
      !['SELECT', 'WITH', 'VALUES'].includes(cursor.at(index + 3).keyword),
    reason: NO_SYNTAX,
    alternative: 'name the columns (an AUTO CDC flow takes COLUMNS * EXCEPT (...))',
  },
  {
    name: 'GROUP BY ALL',
    detector: keyword('GROUP', (cursor, index) => cursor.at(index).keyword === 'BY' && cursor.at(index + 1).keyword === 'ALL'),
    reason: NO_SYNTAX,
    alternative: 'name the columns, or their positions: GROUP BY 1, 2',
  },
  {
    name: 'PIVOT',
    detector: keyword('PIVOT', (cursor, index) => cursor.at(index).text === '('),
    reason: NO_SYNTAX,
    alternative: 'write one aggregate a column: sum(x) FILTER (WHERE kind = ...) AS ..., and GROUP BY',
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

/** `payload:a`, `payload:['a']`; not the colon between a field and its type in `STRUCT<a: INT>`. */
function isPath(cursor: Cursor, index: number): boolean {
  if (cursor.at(index).text !== ':' || cursor.at(index).kind !== 'symbol') return false;
  const next = cursor.at(index + 1);
  return endsOperand(cursor, index - 1) && (isName(cursor, index + 1) || next.text === '[') && !inType(cursor, index);
}

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

/** Inside the angle brackets of `STRUCT<...>`: looks back over names, types and their punctuation. */
function inType(cursor: Cursor, index: number): boolean {
  let depth = 0;
  for (let before = index - 1; before > 0; before--) {
    const { text, kind } = cursor.at(before);
    if (text === '>') depth++;
    if (text === '<' && depth-- === 0) return cursor.at(before - 1).keyword === 'STRUCT';
    if (kind === 'symbol' && !['<', '>', ',', ':', '(', ')'].includes(text)) return false;
  }
  return false;
}
