import type { Outcome } from './runner';
import { matches } from './values';

/** Writes what is wanted unless it is there already. `actual` is undefined when the thing does not exist. */
export async function mend(actual: unknown, wanted: unknown, write: () => Promise<unknown>): Promise<Outcome> {
  if (actual !== undefined && matches(actual, wanted)) return 'unchanged';
  await write();
  return actual === undefined ? 'created' : 'updated';
}

/** Several steps on one thing are one outcome: created beats updated beats unchanged. */
export function combined(...outcomes: Outcome[]): Outcome {
  if (outcomes.includes('created')) return 'created';
  return outcomes.includes('updated') ? 'updated' : 'unchanged';
}

/** A part of a thing that already exists is an update of it, also when the part is new. */
export function part(outcome: Outcome): Outcome {
  return outcome === 'created' ? 'updated' : outcome;
}
