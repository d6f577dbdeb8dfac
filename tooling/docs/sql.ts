import { RULES } from '@lakewright/lakeflow/dialect';
import { UNSUPPORTED_SYNTAX, WRONG_ANSWERS } from '@lakewright/lakeflow/sql';
import { pageHead, table } from './markdown';

/** The page of what SQL is rewritten and refused before the local engine gets it, from the tables that do it. */
export function sqlPage(): string {
  const refused = RULES.filter(({ kind }) => kind === 'refused').map(({ name, instead }) => [name, instead]);
  const answers = WRONG_ANSWERS.map(({ name, alternative }) => [name, alternative]);
  const missing = UNSUPPORTED_SYNTAX.map(({ name, alternative }) => [name, alternative]);
  return [
    pageHead('SQL on a laptop', 'packages/lakeflow/src/dialect/rules and src/sql'),
    'Queries of pipelines, expectations and `lakewright sql` are held to the answer of Apache Spark 4.2. Where the local engine (Sail) lacks a',
    'syntax or computes something otherwise, the query is rewritten; what cannot be made right is refused with the place and an alternative.',
    'Types are asked of the engine’s analyzer; nothing is executed for it. `npm run conformance` compares all of this with Apache Spark.',
    '',
    section('Rewritten', 'Write it as on Databricks.', ['what', 'what the engine gets'], rewritten()),
    section(
      'Refused: the engine would answer wrongly',
      'LAKEFLOW_ENGINE_WRONG_ANSWER. Some before anything runs, some once types are known.',
      ['what', 'instead'],
      [...refused, ...answers],
    ),
    section('Refused: no syntax or function for it', 'LAKEFLOW_UNSUPPORTED.', ['what', 'instead'], missing),
    '## Known differences\n\n' +
      '- `get_json_object` and `payload:path` give numbers and nested objects with the digits and blanks that the JSON has; Spark writes them anew (`1.50` as `1.5`).\n' +
      '- GROUP BY and DISTINCT tell -0.0 from 0.0, which are one number to Spark.\n' +
      '- Operands of types that Spark refuses (`1 & 0.5D`) may be computed.\n' +
      '- A wide decimal division (both sides near 38 digits) may fail with an overflow where Spark gives a result.',
    '',
  ].join('\n');
}

function rewritten(): string[][] {
  return RULES.filter(({ kind }) => kind !== 'refused').map(({ name, instead, examples }) => [
    `${name}<br>\`${examples[0]}\``,
    instead,
  ]);
}

function section(title: string, text: string, columns: string[], rows: readonly (readonly string[])[]): string {
  return `## ${title} (${rows.length})\n\n${text}\n\n${table(columns, rows)}\n`;
}
