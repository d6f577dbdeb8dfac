import { type Column, LARGE } from '../columns/column';
import type { TableMap } from './table-map';
import { columnOf } from './wire-column';

/** What becomes of the columns of a table. */
export interface SourceColumns {
  /** For each column of the source the one that is written, with its name there; undefined for one that is left out. */
  readonly kept: readonly (Column | undefined)[];
}

/** What the table mappings and task settings say about the columns of a table. */
export interface ColumnRules {
  /** The name in the target; undefined when the column is removed. */
  rename(column: string): string | undefined;
  readonly largeObjects: boolean;
}

/** The columns that are written of a table of the binary log. */
export function columnsOf(map: TableMap, rules: ColumnRules): SourceColumns {
  const table = `${map.schema}.${map.table}`;
  return {
    // A column that is removed may have a type that is not read.
    kept: map.columns.map((wire) => (rules.rename(wire.name) === undefined ? undefined : keep(columnOf(wire, table), rules))),
  };
}

/** A column with its name in the target; undefined when it is not written. */
export function keep(column: Column, rules: ColumnRules): Column | undefined {
  const name = rules.rename(column.name);
  if (name === undefined || (!rules.largeObjects && LARGE.has(column.type))) return undefined;
  return { ...column, name };
}
