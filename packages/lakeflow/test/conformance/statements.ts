import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../src/dialect';

/** Examples of Databricks' own syntax, which Apache Spark does not have: `documented.ts` has their answers. */
const NOT_SPARK = ['a path into JSON text (payload:a.b[0])'];

/** Every query of this project that is compared: examples of the rules, and `expressions.sql`. */
export function ownStatements(folder: string): readonly string[] {
  const text = readFileSync(join(folder, 'expressions.sql'), 'utf8');
  const written = text.split(/;\s*\n/).map((each) => each.replace(/^--.*\n/, '').trim());
  const examples = RULES.filter(({ name }) => !NOT_SPARK.includes(name)).flatMap((rule) => rule.examples);
  return [...new Set([...examples, ...written])].filter((each) => each !== '');
}

/** What `RULES` and the parser know nothing of: `SET` and the like. */
export function isQuery(sql: string): boolean {
  return /^\s*(?:SELECT|WITH|VALUES)\b/i.test(sql);
}
