import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';

export const GENERATOR = join(projectRoot(), 'apps/commerce/generator/generate.py');
export const TABLES = ['customers', 'products', 'orders', 'order_items', 'payments'] as const;
export type Table = (typeof TABLES)[number];

/** What the generator says of a batch. */
export interface Manifest {
  readonly batch: number;
  readonly tables: Readonly<Record<Table, { readonly rows: number; readonly bad: Readonly<Record<string, readonly string[]>> }>>;
  readonly refused_by_gold: Readonly<Record<string, readonly string[]>>;
}

/** A row as it lies in a file; a line that cannot be read has a record id only. */
export type FileRow = Readonly<Record<string, string | number | null>>;

/** Runs the generator as its users do. @throws with its exit code as `status` */
export function generate(output: string, ...args: readonly string[]): string {
  return execFileSync(pythonExecutable(projectRoot()), ['-B', GENERATOR, '--output', output, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The manifests of a folder, by batch. */
export function manifestsIn(output: string): Manifest[] {
  const folder = join(output, '_manifests');
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Manifest);
}

/** Rows of one table of one batch, in the order of the file. */
export function rowsOf(output: string, table: Table, batch: number): FileRow[] {
  const name = `batch-${String(batch).padStart(6, '0')}`;
  if (table === 'products') return csvRows(readFileSync(join(output, table, `${name}.csv`), 'utf8'));
  const lines = readFileSync(join(output, table, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    try {
      return JSON.parse(line) as FileRow;
    } catch {
      return { record_id: /"record_id": "([^"]+)"/.exec(line)![1]! };
    }
  });
}

/** Names of products hold no comma and no quote. */
function csvRows(text: string): FileRow[] {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] || null]));
  });
}
