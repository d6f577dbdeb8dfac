// npm run conformance [-- --record] [-- --only functions|pipelines|random] [-- --seed N --count N]
// The same queries, queries made by chance, and pipelines on Sail and on Apache Spark 4.2 with Delta. Fails for every difference that reviewed.json does not have, and for every
// entry of it that no longer differs. --record writes Spark's answers for the tests and the mechanical part of the list.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, projectRoot, pythonExecutable } from '@lakewright/config';
import { random } from '../../../../test/support/random';
import { connectEngine, type SqlEngine, startSail, startSpark } from '../../src/engine';
import { type Answer, ask } from './answer';
import { functionExamples } from './function-examples';
import { type Outcome, outcomeOf } from './outcome';
import { comparePipelines } from './pipelines';
import { randomQuery } from './random-queries';
import { isExpected, readReviewed } from './reviewed';
import { isQuery, ownStatements } from './statements';

const HERE = join(projectRoot(), 'packages/lakeflow/test/conformance');
/** One of so many function examples goes into the tests. */
const SAMPLED = 3;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      record: { type: 'boolean', default: false },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '2000' },
    },
  });
  const home = sparkHome();
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-conformance-'));
  const server = await startSail({ python: pythonExecutable(projectRoot()), logFile: join(folder, 'sail.log'), cwd: folder });
  const sail = await connectEngine({ port: server.port });
  try {
    const spark = await startSpark({ home, folder });
    try {
      let differences = 0;
      const wanted = (part: string) => values.only === undefined || values.only === part;
      if (wanted('functions')) differences += await compareQueries(sail, spark.engine, values.record);
      if (wanted('random')) differences += await compareRandom(sail, spark.engine, Number(values.seed), Number(values.count));
      if (wanted('pipelines')) differences += await comparePipelines({ sail, spark: spark.engine, folder, say });
      say(differences === 0 ? 'no difference that was not reviewed' : `${differences} differences`);
      return differences === 0 ? EXIT.done : EXIT.failed;
    } finally {
      await spark.stop();
    }
  } finally {
    await sail.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Spark's home, installed when this is the first time. Says what is missing itself. */
function sparkHome(): string {
  try {
    const script = join(projectRoot(), 'tooling/spark.mjs');
    return execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch (error) {
    process.exit((error as { status?: number }).status ?? EXIT.failed);
  }
}

async function compareQueries(sail: SqlEngine, spark: SqlEngine, record: boolean): Promise<number> {
  const own = ownStatements(HERE);
  const examples = (await functionExamples(spark)).map(({ sql }) => sql).filter((sql) => isQuery(sql) && !own.includes(sql));
  const answers = new Map<string, Answer>();
  const outcomes = new Map<string, Outcome>();
  for (const sql of [...own, ...examples]) {
    const answer = await ask(spark, sql);
    answers.set(sql, answer);
    outcomes.set(sql, await outcomeOf(sail, sql, answer));
  }
  count(outcomes);
  if (record) writeRecords(own, examples, answers, outcomes);
  return judge(outcomes, answers);
}

/** Queries made by chance: whatever both engines answer must be the same; a refusal or an error is no wrong answer. */
async function compareRandom(sail: SqlEngine, spark: SqlEngine, seed: number, count: number): Promise<number> {
  const next = random(seed);
  const tally = { same: 0, failed: 0, lenient: 0, refused: 0, error: 0, differs: 0 };
  const errors = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const sql = randomQuery(next);
    const answer = await ask(spark, sql);
    const { verdict, said, sql: given } = await outcomeOf(sail, sql, answer);
    const kind = kindOf(verdict, answer);
    tally[kind] += 1;
    if (verdict === 'error') errors.set(said, (errors.get(said) ?? 0) + 1);
    if (kind === 'differs') say(`\ndiffers: ${sql}\n  given ${given}\n  Sail  ${said}\n  Spark ${JSON.stringify(answer)}`);
  }
  for (const [said, times] of [...errors].sort(([, one], [, other]) => other - one).slice(0, 20)) say(`${times} times: ${said}`);
  const { same, failed, lenient, refused, error, differs } = tally;
  say(
    `${count} random queries (seed ${seed}): ${same} same, ${failed} fail on both, ${lenient} of types that Spark refuses, ${refused} refused, ${error} error, ${differs} differ`,
  );
  return differs;
}

/** Where Spark does not take the types of the operands at all there is no answer to be other than. */
function kindOf(verdict: Outcome['verdict'], answer: Answer): Outcome['verdict'] | 'failed' | 'lenient' {
  if (!('error' in answer)) return verdict;
  if (verdict === 'same') return 'failed';
  return verdict === 'differs' && answer.error.startsWith('[DATATYPE_MISMATCH') ? 'lenient' : verdict;
}

function count(outcomes: ReadonlyMap<string, Outcome>): void {
  const verdicts = ['same', 'refused', 'error', 'differs'] as const;
  const all = [...outcomes.values()];
  const shares = verdicts.map((verdict) => `${all.filter((each) => each.verdict === verdict).length} ${verdict}`);
  say(`${all.length} queries: ${shares.join(', ')}`);
}

function judge(outcomes: ReadonlyMap<string, Outcome>, answers: ReadonlyMap<string, Answer>): number {
  const reviewed = readReviewed(HERE);
  let unexpected = 0;
  for (const [sql, { verdict, said, sql: given }] of outcomes) {
    if (isExpected(reviewed, sql, verdict)) continue;
    unexpected += 1;
    say(`\n${verdict}, not as reviewed: ${sql}\n  given ${given}\n  Sail  ${said}\n  Spark ${JSON.stringify(answers.get(sql))}`);
  }
  const listed = [...reviewed.refused, ...reviewed.error, ...Object.keys(reviewed.harmless), ...Object.keys(reviewed.changing)];
  for (const sql of listed.filter((each) => !outcomes.has(each))) {
    unexpected += 1;
    say(`\non the list and asked nowhere: ${sql}`);
  }
  return unexpected;
}

function writeRecords(
  own: readonly string[],
  examples: readonly string[],
  answers: ReadonlyMap<string, Answer>,
  outcomes: ReadonlyMap<string, Outcome>,
): void {
  const { changing: random } = readReviewed(HERE);
  const sample = examples.filter(
    (sql, index) => !Object.hasOwn(random, sql) && (index % SAMPLED === 0 || outcomes.get(sql)?.verdict === 'refused'),
  );
  const kept = [...own, ...sample].map((sql) => [sql, withoutMessage(answers.get(sql))]);
  writeFileSync(join(HERE, 'spark-answers.json'), `${JSON.stringify(Object.fromEntries(kept), undefined, 1)}\n`);
  const of = (verdict: Outcome['verdict']) => [...outcomes].filter(([, each]) => each.verdict === verdict).map(([sql]) => sql);
  const { harmless, changing } = readReviewed(HERE);
  const list = { refused: of('refused'), error: of('error'), harmless, changing };
  writeFileSync(join(HERE, 'reviewed.json'), `${JSON.stringify(list, undefined, 2)}\n`);
  execFileSync('npx', ['biome', 'format', '--write', HERE], { cwd: projectRoot(), stdio: 'ignore' });
}

/** Messages change with every version of Spark, and are not compared. */
function withoutMessage(answer: Answer | undefined): Answer | undefined {
  return answer && 'error' in answer ? { error: 'yes' } : answer;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = EXIT.failed;
  },
);
