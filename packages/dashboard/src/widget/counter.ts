import type { WidgetSpec } from '../definition';
import { formatAge, formatNumber, formatTime, formatValue, kindOf, NOTHING, numberOf } from '../format';
import type { WidgetContent } from '../view';
import type { WidgetSql } from '../widget-sql';
import { encodingOf } from './encoding';
import { type Result, typeOf } from './result';

/** One value of the first row. A moment is told by its age, because that is what it is looked at for. */
export function counterContent(spec: WidgetSpec, sql: WidgetSql, result: Result, now: Date): WidgetContent {
  const { field, format, title } = encodingOf(spec, 'value', sql);
  const value = result.rows[0]?.[field.alias];
  if (value === null || value === undefined) return { kind: 'counter', value: NOTHING, detail: 'No rows yet' };
  const kind = kindOf(typeOf(result, field.alias));
  const detail = title === field.name || title === spec.frame.title ? undefined : title;
  if (kind === 'time') return { kind: 'counter', value: formatAge(value, now), detail: formatTime(value) };
  const number = kind === 'number' ? numberOf(value) : null;
  if (number === null) return { kind: 'counter', value: formatValue(value, kind), detail };
  return { kind: 'counter', value: formatNumber(number, format), detail };
}
