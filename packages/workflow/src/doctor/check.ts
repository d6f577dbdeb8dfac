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
