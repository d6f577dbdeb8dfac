import type { TableRows } from '@lakewright/local';
import { formatRows } from './format';

/** How many rows each table has; nothing where there is no table. */
export function rowTable(tables: readonly TableRows[]): string[] {
  if (tables.length === 0) return [];
  return [
    formatRows(
      ['table', 'rows'],
      tables.map(({ table, rows }) => ({ table, rows })),
      'table',
    ),
  ];
}
