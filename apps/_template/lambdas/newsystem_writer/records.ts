/** One record as it lies in the bucket. */
export interface SourceRecord {
  readonly record_id: string;
  readonly category: string;
  readonly amount: number;
}

const CATEGORIES = ['red', 'green', 'blue'] as const;

/** `count` records; the same seed gives the same ones. */
export function records(count: number, seed: number): SourceRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    record_id: `${seed}-${index}`,
    category: CATEGORIES[(index * 7 + seed) % CATEGORIES.length] ?? 'red',
    amount: ((index * 37 + seed * 11) % 1000) / 10,
  }));
}
