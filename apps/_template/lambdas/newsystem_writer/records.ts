/** One record as it lies in the bucket. */
export interface SourceRecord {
  readonly record_id: string;
  readonly category: string;
  /** A number, or the text of one that a careless source sent. */
  readonly amount: number | string;
}

const CATEGORIES = ['red', 'green', 'blue'];
/** Every so many records the amount is no number: what the quarantine of silver.records is for. */
const CARELESS_EVERY = 25;

/** `count` records; the same seed gives the same ones. */
export function records(count: number, seed: number): SourceRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    record_id: `${seed}-${index}`,
    category: CATEGORIES[(index + seed) % CATEGORIES.length] ?? 'none',
    amount: index % CARELESS_EVERY === CARELESS_EVERY - 1 ? 'unknown' : ((index * 37 + seed * 11) % 1000) / 10,
  }));
}
