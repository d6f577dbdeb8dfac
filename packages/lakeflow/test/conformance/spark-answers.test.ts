import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSail } from '../support/sail';
import type { Answer } from './answer';
import { outcomeOf } from './outcome';
import { isExpected, readReviewed } from './reviewed';
import { ownStatements } from './statements';

/** What Apache Spark 4.2 answered; `npm run conformance -- --record` writes it. */
const ANSWERS = JSON.parse(readFileSync(join(__dirname, 'spark-answers.json'), 'utf8')) as Record<string, Answer>;
const REVIEWED = readReviewed(__dirname);

const sail = withSail();

test('the answers of Spark are there for every example of a rule and every expression', () => {
  expect(ownStatements(__dirname).filter((sql) => !Object.hasOwn(ANSWERS, sql))).toEqual([]);
});

test('every recorded query gives the answer of Spark, or what was reviewed', async () => {
  const unexpected: string[] = [];
  for (const [sql, answer] of Object.entries(ANSWERS)) {
    const { verdict, said } = await outcomeOf(sail.engine, sql, answer);
    if (!isExpected(REVIEWED, sql, verdict))
      unexpected.push(`${verdict}, not as reviewed: ${sql}\n  ${said}\n  ${JSON.stringify(answer)}`);
  }
  expect(unexpected).toEqual([]);
}, 120_000);

test('what differs in silence is harmless, for a reason that is written down', () => {
  for (const reason of Object.values({ ...REVIEWED.harmless, ...REVIEWED.changing })) expect(reason).toMatch(/\w+ \w+/);
});
