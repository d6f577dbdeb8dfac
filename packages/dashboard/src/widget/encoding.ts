import { z } from 'zod';
import type { WidgetSpec } from '../definition';
import type { NumberFormat } from '../format';
import { Unsupported } from '../unsupported';
import type { WidgetSql } from '../widget-sql';

const encoding = z.object({
  fieldName: z.string(),
  displayName: z.string().optional(),
  format: z.custom<NumberFormat>((value) => typeof value === 'object').optional(),
  axis: z.object({ title: z.string().optional(), hideTitle: z.boolean().optional() }).optional(),
  legend: z.object({ title: z.string().optional() }).optional(),
  scale: z
    .object({
      type: z.enum(['categorical', 'quantitative', 'temporal']).optional(),
      sort: z.object({ by: z.string(), orderedValues: z.array(z.unknown()).optional() }).optional(),
    })
    .optional(),
});

/** One encoding of a widget with the field it shows. */
export interface Encoding {
  readonly field: WidgetSql['fields'][number];
  readonly title: string;
  readonly scale: 'categorical' | 'quantitative' | 'temporal';
  readonly sortBy?: string;
  readonly format?: NumberFormat;
}

/**
 * The encoding of a channel (`x`, `value`, ...), or undefined if the widget has none.
 * @throws Unsupported if it is of another shape or names a field the query does not have
 */
export function optionalEncoding(spec: WidgetSpec, channel: string, { fields }: WidgetSql): Encoding | undefined {
  const source = spec.encodings[channel];
  return source === undefined ? undefined : readEncoding(source, channel, fields);
}

/** @throws Unsupported also if the widget has no such channel */
export function encodingOf(spec: WidgetSpec, channel: string, sql: WidgetSql): Encoding {
  const found = optionalEncoding(spec, channel, sql);
  if (!found) throw new Unsupported(`a ${spec.widgetType} without the encoding ${channel} is not supported`);
  return found;
}

/** @throws Unsupported as `optionalEncoding` */
export function readEncoding(source: unknown, channel: string, fields: WidgetSql['fields']): Encoding {
  const parsed = encoding.safeParse(source);
  if (!parsed.success) throw new Unsupported(`the encoding ${channel} is of a shape that is not supported`);
  const { fieldName, displayName, axis, legend, scale, format } = parsed.data;
  const field = fields.find(({ name }) => name === fieldName);
  if (!field) throw new Unsupported(`the encoding ${channel} names the field ${fieldName}, which its query does not have`);
  return {
    field,
    title: axis?.title ?? legend?.title ?? displayName ?? fieldName,
    scale: scale?.type ?? (field.aggregate || field.binWidth ? 'quantitative' : 'categorical'),
    sortBy: scale?.sort?.by,
    format,
  };
}
