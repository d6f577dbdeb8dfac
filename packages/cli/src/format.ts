import Table from 'cli-table3';

export const FORMATS = ['table', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** Rows as a table for people, JSON (one array of objects) or CSV (RFC 4180). BIGINTs beyond 2^53 are JSON strings. */
export function formatRows(columns: readonly string[], rows: readonly Record<string, unknown>[], format: Format): string {
  if (format === 'json') return JSON.stringify(rows.map(plain), undefined, 2);
  if (format === 'csv')
    return [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))].map(csvLine).join('\n');
  // No line between rows: a table of fifty rows fits a screen.
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const table = new Table({ head: [...columns], style: { head: [], border: [] }, chars });
  for (const row of rows) table.push(columns.map((column) => (row[column] === null ? 'NULL' : cell(row[column]))));
  return table.toString();
}

/** A value as JSON can carry it: BIGINT as a number while exact, binary as base64. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  }
  return value;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const simple = plain(value);
  return typeof simple === 'object' ? JSON.stringify(simple) : String(simple);
}

function csvLine(values: readonly string[]): string {
  return values.map((value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',');
}
