import type { SourceLocation } from '@lakewright/config';
import { LakewrightError } from '@lakewright/config';
import type { SqlEngine } from '../engine';
import { type Expectation, expectationHolds, type ReadReplacement } from '../sql';
import type { Cursor } from '../sql/cursor';
import { checkRefusals } from '../sql/refusals';
import { unsupported } from '../sql/syntax-error';
import { cursorOver, parseExpressionText, parseQueryText } from './parse';
import type { Rule } from './rule';
import { RULES } from './rules';
import { jsonPath } from './rules/json-path';
import { emptyScope } from './scope';
import { Walk } from './walk';
import { TypeBench } from './workbench';

/** What is asked of an engine: whose words it needs, and the columns of a query. */
export type Analyzer = Pick<SqlEngine, 'describe' | 'dialect'>;

/** A query as it was written. */
export interface WrittenQuery {
  readonly text: string;
  /** Where it begins in its file. */
  readonly location: SourceLocation;
  /** SQL that stands for its tables and files. @default they go to the engine as written */
  readonly replacements?: readonly ReadReplacement[];
}

/**
 * The query in words that make the engine give Spark's answer: syntax that it lacks is written out, what it computes otherwise is
 * rewritten, and what cannot be made right is refused (`RULES`). Types are asked of the engine's analyzer, and only where something
 * suspicious stands; nothing is executed.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX, LAKEFLOW_UNSUPPORTED or LAKEFLOW_ENGINE_WRONG_ANSWER with the place in the file
 */
export async function prepareQuery(engine: Analyzer, query: WrittenQuery): Promise<string> {
  const parsed = parseQueryText(query.text, query.location, query.replacements);
  if (engine.dialect === 'sail') checkRefusals(parsed.cursor, 0, parsed.cursor.length);
  const bench = new TypeBench(engine, parsed.cursor);
  await new Walk(bench, rulesFor(engine)).query(parsed.root, emptyScope('', undefined));
  const text = bench.render(parsed.root);
  await refuseUndecided(bench, text);
  return text;
}

/**
 * A condition or value over the rows of a relation, made fit for the engine in the same way.
 *
 * @param from SQL for FROM
 * @param alias what may qualify its columns. @default nothing
 */
export async function prepareExpression(
  engine: Analyzer,
  { text, location }: { readonly text: string; readonly location: SourceLocation },
  from: string,
  alias?: string,
): Promise<string> {
  const parsed = parseExpressionText(text, location);
  const bench = new TypeBench(engine, parsed.cursor);
  const columns = async () => bench.fieldsOf(`SELECT * FROM ${from}`);
  const scope = { ...emptyScope('', undefined), relations: [{ alias, names: [], columns }] };
  await new Walk(bench, rulesFor(engine)).expression(parsed.root, scope);
  const rewritten = bench.render(parsed.root);
  await refuseUndecided(bench, `SELECT ${rewritten} FROM ${from}`);
  return rewritten;
}

/** The condition of an expectation, never NULL (`expectationHolds`), over the rows of a relation. */
export async function prepareExpectation(engine: Analyzer, expectation: Expectation, from: string): Promise<string> {
  const text = await prepareExpression(engine, expectation.condition, from);
  return expectationHolds({ ...expectation, condition: { ...expectation.condition, text } });
}

/** Apache Spark lacks nothing but the path into JSON text, which is Databricks' own. */
function rulesFor({ dialect }: Analyzer): readonly Rule[] {
  return dialect === 'spark' ? [jsonPath] : RULES;
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

/** Statements without a query or expression: what they do is the same on every engine, or an error. */
const PLAIN = ['SHOW', 'DESCRIBE', 'DESC', 'USE', 'DROP', 'SET', 'RESET', 'CLEAR', 'CACHE', 'UNCACHE', 'REFRESH'];

/**
 * A statement as somebody types it: a query, or one that holds a query (`CREATE VIEW v AS SELECT ...`, `INSERT INTO t SELECT ...`,
 * `EXPLAIN SELECT ...`).
 *
 * @throws LakewrightError as `prepareQuery` does; LAKEFLOW_UNSUPPORTED for statements that change rows by expressions
 */
export async function prepareStatement(engine: Analyzer, { text, location }: WrittenQuery): Promise<string> {
  const cursor = cursorOver(text, location);
  const first = cursor.current.keyword;
  if (PLAIN.includes(first)) return text;
  if (['UPDATE', 'DELETE', 'MERGE'].includes(first)) {
    throw unsupported(
      cursor.current.location,
      `${first} is not supported here: tables belong to pipelines`,
      'change the rows in the pipeline that owns the table',
    );
  }
  const start = queryIn(cursor);
  if (start !== undefined) {
    const begin = cursor.at(start);
    return text.slice(0, begin.start) + (await prepareQuery(engine, { text: text.slice(begin.start), location: begin.location }));
  }
  if (first === 'CREATE') return text;
  throw cursor.unexpected('a query, or SHOW, DESCRIBE, CREATE, USE, DROP or EXPLAIN', cursor.current, [
    'SELECT',
    'WITH',
    'SHOW',
    'DESCRIBE',
    'CREATE',
    'DROP',
    'EXPLAIN',
  ]);
}

/** The statements of a text, each with its place; `;` ends one. */
export function splitStatements(text: string, file: string): readonly WrittenQuery[] {
  const cursor = cursorOver(text, { file, line: 1, column: 1 });
  const statements: WrittenQuery[] = [];
  let start = 0;
  for (let index = 0; index <= cursor.length; index++) {
    if (index < cursor.length && cursor.at(index).text !== ';') continue;
    if (index > start) statements.push(cursor.fragment(start, index));
    start = index + 1;
  }
  return statements;
}

/** Where the query of a statement begins: at the first word that begins one outside brackets. */
function queryIn(cursor: Cursor): number | undefined {
  for (let index = 0; index < cursor.length; index++) {
    const { keyword, text } = cursor.at(index);
    if (['SELECT', 'VALUES', 'WITH', 'FROM'].includes(keyword) || (keyword === 'TABLE' && index === 0)) return index;
    if (text === '(' && index > 0 && cursor.at(index - 1).keyword !== 'AS') index = cursor.partnerOf(index);
    else if (text === '(') return index;
  }
  return undefined;
}
