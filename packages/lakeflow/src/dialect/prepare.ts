import type { SourceLocation } from '@lakewright/config';
import { LakewrightError } from '@lakewright/config';
import type { SqlEngine } from '../engine';
import { checkRefusals } from '../sql/refusals';
import { parseExpressionText, parseQueryText } from './parse';
import type { Replacement } from './parse-query';
import { RULES } from './rules';
import { emptyScope } from './scope';
import { Walk } from './walk';
import { TypeBench } from './workbench';

/** A query as it was written. */
export interface WrittenQuery {
  readonly text: string;
  /** Where it begins in its file. */
  readonly location: SourceLocation;
  /** SQL that stands for its tables and files. @default they go to the engine as written */
  readonly replacements?: readonly Replacement[];
}

/**
 * The query in words that make the engine give Spark's answer: syntax that it lacks is written out, what it computes otherwise is
 * rewritten, and what cannot be made right is refused (`RULES`). Types are asked of the engine's analyzer, and only where something
 * suspicious stands; nothing is executed.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX, LAKEFLOW_UNSUPPORTED or LAKEFLOW_ENGINE_WRONG_ANSWER with the place in the file
 */
export async function prepareQuery(engine: Pick<SqlEngine, 'describe'>, query: WrittenQuery): Promise<string> {
  const parsed = parseQueryText(query.text, query.location, query.replacements);
  checkRefusals(parsed.cursor, 0, parsed.cursor.length);
  const bench = new TypeBench(engine, parsed.cursor);
  await new Walk(bench, RULES).query(parsed.root, emptyScope('', undefined));
  const text = bench.render(parsed.root);
  await refuseUndecided(bench, text);
  return text;
}

/**
 * A condition or value over the rows of a relation, made fit for the engine in the same way.
 *
 * @param from SQL for FROM
 */
export async function prepareExpression(
  engine: Pick<SqlEngine, 'describe'>,
  { text, location }: { readonly text: string; readonly location: SourceLocation },
  from: string,
): Promise<string> {
  const parsed = parseExpressionText(text, location);
  const bench = new TypeBench(engine, parsed.cursor);
  const columns = async () => bench.fieldsOf(`SELECT * FROM ${from}`);
  const scope = { ...emptyScope('', undefined), relations: [{ alias: undefined, names: [], columns }] };
  await new Walk(bench, RULES).expression(parsed.root, scope);
  const rewritten = bench.render(parsed.root);
  await refuseUndecided(bench, `SELECT ${rewritten} FROM ${from}`);
  return rewritten;
}

/** An expression whose types cannot be told is let through only when the engine refuses the statement anyway, in its own words. */
async function refuseUndecided(bench: TypeBench, text: string): Promise<void> {
  const [first] = bench.open;
  if (!first || (await bench.describe(text)) === undefined) return;
  throw new LakewrightError(
    'LAKEFLOW_ENGINE_WRONG_ANSWER',
    'the types of this expression cannot be told here, so that its result may differ from what Spark gives',
    {
      location: first.location,
      hint: 'CAST its operands, or compute it in a subquery of its own',
    },
  );
}
