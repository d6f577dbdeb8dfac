/**
 * What a check found. `missing` is what Lakewright cannot do without; `note` is worth knowing and stops nothing: something optional that
 * is not there, or something that the next command mends by itself.
 */
export interface Finding {
  readonly state: 'ok' | 'note' | 'missing';
  /** What is there: a version, an amount, a state. */
  readonly found: string;
  /** How to get it, or what happens about it. */
  readonly hint?: string;
}

export interface CheckResult extends Finding {
  readonly check: string;
}

/** Versions compare by their numbers: 3.9 is older than 3.11. */
export function atLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  for (const [index, number] of need!.entries()) {
    const own = have![index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}
