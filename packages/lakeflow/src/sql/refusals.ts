import { LakewrightError } from '@lakewright/config';
import type { Cursor } from './cursor';
import { UNSUPPORTED_SYNTAX } from './unsupported-syntax';
import { type Refusal, WRONG_ANSWERS } from './wrong-answers';

/**
 * Refuses what the engine would answer wrongly without an error, and what it has no syntax for, before it is asked.
 * Looks at tokens, so that strings and comments never match.
 *
 * @throws LakewrightError LAKEFLOW_ENGINE_WRONG_ANSWER or LAKEFLOW_UNSUPPORTED at the first find, with what to write instead
 */
export function checkRefusals(cursor: Cursor, start: number, end: number): void {
  for (let index = start; index < end; index++) {
    const { location } = cursor.at(index);
    const wrong = find(WRONG_ANSWERS, cursor, index);
    if (wrong) {
      const message = `the engine gives wrong answers for ${wrong.name}: ${wrong.reason}`;
      throw new LakewrightError('LAKEFLOW_ENGINE_WRONG_ANSWER', message, { location, hint: wrong.alternative });
    }
    const missing = find(UNSUPPORTED_SYNTAX, cursor, index);
    if (missing) {
      const message = `${missing.name} is not supported yet: ${missing.reason}`;
      throw new LakewrightError('LAKEFLOW_UNSUPPORTED', message, { location, hint: missing.alternative });
    }
  }
}

function find(refusals: readonly Refusal[], cursor: Cursor, index: number): Refusal | undefined {
  return refusals.find(({ detector }) => detector(cursor, index));
}
