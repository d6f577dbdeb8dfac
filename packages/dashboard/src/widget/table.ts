import type { WidgetSpec } from '../definition';
import { formatValue, kindOf, numberOf } from '../format';
import { Unsupported } from '../unsupported';
import type { TableView, WidgetContent } from '../view';
import { ROW_LIMIT, type WidgetSql } from '../widget-sql';
import { type Encoding, readEncoding } from './encoding';
import { type Result, typeOf } from './result';

/** Texts up to this length stay on one line. */
const SHORT = 24;

/** The columns of a table widget, in the order of its encoding. */
export function tableContent(spec: WidgetSpec, sql: WidgetSql, result: Result): WidgetContent {
  const { columns } = spec.encodings;
  if (!Array.isArray(columns) || columns.length === 0) throw new Unsupported('a table without columns is not supported');
  const encodings = columns.map((column, index) => readEncoding(column, `columns.${index}`, sql.fields));
  return { kind: 'table', table: tableOf(encodings, result) };
}

/** Rows as texts. */
export function tableOf(encodings: readonly Encoding[], result: Result): TableView {
  const rows = result.rows.slice(0, ROW_LIMIT);
  const columns = encodings.map((encoding) => columnOf(encoding, rows, result));
  return {
    columns: columns.map(({ title, numeric, texts }) => ({
      title,
      numeric,
      short: texts.every(({ length }) => length <= SHORT),
    })),
    rows: rows.map((_row, index) => columns.map(({ texts }) => texts[index] as string)),
    truncated: result.rows.length > ROW_LIMIT,
  };
}

function columnOf({ field: { alias }, title, format }: Encoding, rows: Result['rows'], result: Result) {
  const kind = kindOf(typeOf(result, alias));
  const values = rows.map((row) => row[alias]);
  // A column of years or room numbers has no thousands to separate; within one column all values look alike.
  const grouping = values.some((value) => Math.abs(numberOf(value) ?? 0) >= 10_000);
  return { title, numeric: kind === 'number', texts: values.map((value) => formatValue(value, kind, { grouping, ...format })) };
}
