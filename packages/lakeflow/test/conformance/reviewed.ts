import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './outcome';

/**
 * Queries that do not give Spark's answer, reviewed one by one (`reviewed.json`). `refused` and `error` are queries: nothing wrong comes
 * of them. `harmless` are those whose answer differs in silence, each with the reason why no pipeline is misled.
 */
export interface Reviewed {
  readonly refused: readonly string[];
  readonly error: readonly string[];
  readonly harmless: Readonly<Record<string, string>>;
  /** Differ from one time to the next, on one engine too; may also be the same by chance. */
  readonly changing: Readonly<Record<string, string>>;
}

export function readReviewed(folder: string): Reviewed {
  return JSON.parse(readFileSync(join(folder, 'reviewed.json'), 'utf8')) as Reviewed;
}

/** Whether the list expects this verdict of a query; one that is not on it must be `same`. */
export function isExpected(reviewed: Reviewed, sql: string, verdict: Outcome['verdict']): boolean {
  if (Object.hasOwn(reviewed.changing, sql)) return verdict === 'same' || verdict === 'differs';
  return verdict === expectedVerdict(reviewed, sql);
}

/** The verdict that the list gives a query; `same` for one that is not on it. */
function expectedVerdict(reviewed: Reviewed, sql: string): Outcome['verdict'] {
  if (Object.hasOwn(reviewed.harmless, sql)) return 'differs';
  if (reviewed.refused.includes(sql)) return 'refused';
  return reviewed.error.includes(sql) ? 'error' : 'same';
}
