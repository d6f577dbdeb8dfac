import type { SqlEngine } from '../../src/engine';

/** A query that the documentation of a function gives. */
export interface FunctionExample {
  readonly function: string;
  readonly sql: string;
}

/** Every example of every function of a running Spark, in the order of the names, each query once. */
export async function functionExamples(spark: SqlEngine): Promise<readonly FunctionExample[]> {
  const names = (await spark.sql('SHOW SYSTEM FUNCTIONS')).rows.map((row) => String(row['function'])).sort();
  const examples = new Map<string, FunctionExample>();
  for (const name of names) {
    const { rows } = await spark.sql(`DESCRIBE FUNCTION EXTENDED ${/^\w+$/.test(name) ? name : `\`${name}\``}`);
    const text = rows.map((row) => Object.values(row).join('')).join('\n');
    for (const sql of examplesIn(text)) if (!examples.has(sql)) examples.set(sql, { function: name, sql });
  }
  return [...examples.values()];
}

/** The lines after `>` up to a semicolon. */
function examplesIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*> ([^;]+(?:'[^']*'[^;]*)*);\s*$/gm)].map((found) => (found[1] ?? '').trim());
}
