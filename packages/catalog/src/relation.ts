/** Rows with their columns, for whoever makes a table of them. */
export interface SystemRelation {
  /** DDL of the columns. */
  readonly schema: string;
  readonly rows: readonly Record<string, unknown>[];
}
