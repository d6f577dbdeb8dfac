import { LakewrightError } from '@lakewright/config';
import { prepareQuery } from '../../src/dialect';
import type { SqlEngine } from '../../src/engine';
import { type Answer, agree, ask } from './answer';

/** What became of a query on the default engine, held against Spark's answer. */
export interface Outcome {
  /** `same`; `refused` before the engine was asked; `error` where Spark answers; `differs` in silence. */
  readonly verdict: 'same' | 'refused' | 'error' | 'differs';
  /** What the engine was given. */
  readonly sql: string;
  readonly said: string;
}

const LOCATION = { file: 'example.sql', line: 1, column: 1 };

/** Runs a query the way a pipeline does, and judges the answer. */
export async function outcomeOf(engine: SqlEngine, sql: string, expected: Answer): Promise<Outcome> {
  let prepared: string;
  try {
    prepared = await prepareQuery(engine, { text: sql, location: LOCATION });
  } catch (error) {
    if (!(error instanceof LakewrightError) || error.code === 'LAKEFLOW_SYNTAX') throw error;
    const verdict = 'error' in expected ? 'same' : 'refused';
    return { verdict, sql, said: error.message };
  }
  const answer = await ask(engine, prepared);
  const said = 'error' in answer ? answer.error : JSON.stringify(answer);
  if (agree(expected, answer)) return { verdict: 'same', sql: prepared, said };
  return { verdict: 'error' in answer ? 'error' : 'differs', sql: prepared, said };
}
