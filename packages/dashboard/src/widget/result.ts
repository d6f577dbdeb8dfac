/** Rows of a query as the caller of this package delivers them; types are those of Spark. */
export interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Type of a column; text for one the result does not have. */
export function typeOf(result: Result, alias: string): string {
  return result.columns.find(({ name }) => name === alias)?.type ?? 'string';
}
