/** How far two tables hold the same rows, whatever their order. */
export interface ComparedRows {
  readonly equal: number;
  /** Rows that only one of them has, as text, a few of each. */
  readonly onlyOurs: readonly string[];
  readonly onlyTheirs: readonly string[];
  readonly missing: number;
  readonly surplus: number;
}

const SHOWN = 3;
const DIGITS = 12;

/** Compares rows as multisets; doubles to twelve digits, since the order of additions decides the last ones. */
export function compareRows(
  ours: readonly Readonly<Record<string, unknown>>[],
  theirs: readonly Readonly<Record<string, unknown>>[],
): ComparedRows {
  const counts = new Map<string, number>();
  for (const row of theirs) bump(counts, plainRow(row), 1);
  let equal = 0;
  const surplus: string[] = [];
  for (const row of ours.map(plainRow)) {
    if ((counts.get(row) ?? 0) > 0) {
      equal += 1;
      bump(counts, row, -1);
    } else surplus.push(row);
  }
  const missing = [...counts].flatMap(([row, count]) => Array.from({ length: count }, () => row));
  return {
    equal,
    onlyOurs: surplus.slice(0, SHOWN),
    onlyTheirs: missing.slice(0, SHOWN),
    missing: missing.length,
    surplus: surplus.length,
  };
}

function bump(counts: Map<string, number>, row: string, by: number): void {
  counts.set(row, (counts.get(row) ?? 0) + by);
}

/** A row as text: columns by name, numbers of any kind alike where they are the same number. */
function plainRow(row: Readonly<Record<string, unknown>>): string {
  const columns = Object.entries(row).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return JSON.stringify(Object.fromEntries(columns.map(([name, value]) => [name.toLowerCase(), value])), plain);
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}
