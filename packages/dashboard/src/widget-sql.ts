import type { WidgetQuery } from './definition';
import { type FieldSql, translateExpression } from './expression';
import { Unsupported } from './unsupported';

/** Rows a widget reads at most; a page is no export. */
export const ROW_LIMIT = 1_000;

/** A widget's query ready to run: column `f<n>` of the result is the n-th field. */
export interface WidgetSql {
  readonly sql: string;
  readonly fields: readonly (FieldSql & { readonly name: string; readonly alias: string })[];
}

/**
 * The query of a widget over its dataset. Aggregates are grouped by the other fields; rows keep the dataset's own order
 * where nothing is grouped, and the order of the groups otherwise.
 * @param dataset the SQL of the dataset
 * @throws Unsupported for a field expression or a filter that is not understood
 */
export function widgetSql(query: WidgetQuery, dataset: string): WidgetSql {
  if (query.filters && query.filters.length > 0) throw new Unsupported('filters inside a widget are not supported');
  if (query.fields.length === 0) throw new Unsupported('the widget has no field');
  const fields = query.fields.map(({ name, expression }, index) => ({
    ...translateExpression(expression),
    name,
    alias: `f${index}`,
  }));
  const selected = fields.map(({ sql, alias }) => `${sql} AS ${alias}`).join(', ');
  const from = `FROM (\n${dataset.trim().replace(/;\s*$/, '')}\n) AS dataset`;
  const grouped = fields.some(({ aggregate }) => aggregate) || !query.disaggregated;
  const dimensions = fields.filter(({ aggregate }) => !aggregate).map(({ sql }) => sql);
  const groups = grouped && dimensions.length > 0 ? `\nGROUP BY ${dimensions.join(', ')}\nORDER BY ${dimensions.join(', ')}` : '';
  return { sql: `SELECT ${selected}\n${from}${groups}\nLIMIT ${ROW_LIMIT + 1}`, fields };
}
