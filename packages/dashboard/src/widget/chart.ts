import type { WidgetSpec } from '../definition';
import { kindOf, numberOf } from '../format';
import { Unsupported } from '../unsupported';
import type { WidgetContent } from '../view';
import type { WidgetSql } from '../widget-sql';
import { type Encoding, encodingOf, optionalEncoding } from './encoding';
import { type Result, typeOf } from './result';
import { tableOf } from './table';

type Json = Readonly<Record<string, unknown>>;
type ChartType = 'bar' | 'line' | 'pie' | 'histogram';

/** `100k`, `1.5M`: each label by itself; a `format` of the axis would give all of them the prefix of the largest. */
const SHORT_NUMBER = "format(datum.value, '~s')";

/** Channels of each chart, those in `optional` may be left out. */
const CHANNELS: Readonly<Record<ChartType, { readonly needed: readonly string[]; readonly optional: readonly string[] }>> = {
  bar: { needed: ['x', 'y'], optional: ['color'] },
  line: { needed: ['x', 'y'], optional: ['color'] },
  histogram: { needed: ['x', 'y'], optional: ['color'] },
  pie: { needed: ['angle', 'color'], optional: [] },
};

/** A chart as Vega-Lite with its rows inside. Columns keep their aliases, which need no escaping in Vega. */
export function chartContent(spec: WidgetSpec, sql: WidgetSql, result: Result): WidgetContent {
  const type = spec.widgetType as ChartType;
  const { needed, optional } = CHANNELS[type];
  const channels: Record<string, Encoding> = {};
  for (const channel of needed) channels[channel] = encodingOf(spec, channel, sql);
  for (const channel of optional) {
    const found = optionalEncoding(spec, channel, sql);
    if (found) channels[channel] = found;
  }
  if (result.rows.length === 0) return { kind: 'notice', tone: 'empty', message: 'No rows yet' };
  const encodings = Object.values(channels);
  return {
    kind: 'chart',
    summary: summaryOf(type, encodings, result.rows.length),
    // What is measured comes last, as in any table.
    table: tableOf(
      [...encodings].sort((a, b) => Number(a.field.aggregate) - Number(b.field.aggregate)),
      result,
    ),
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      width: 'container',
      height: 'container',
      autosize: { type: 'fit', contains: 'padding', resize: true },
      data: { values: result.rows.map((row) => plainRow(row, encodings, result)) },
      ...drawing(type, channels),
    },
  };
}

function drawing(type: ChartType, channels: Readonly<Record<string, Encoding>>): Json {
  const tooltip = Object.values(channels).map(tooltipOf);
  const color = channels.color ? { color: colorOf(channels.color) } : {};
  if (type === 'pie') {
    const theta = { field: channels.angle?.field.alias, type: 'quantitative', stack: true, title: channels.angle?.title };
    return { mark: { type: 'arc', innerRadius: { expr: 'min(width, height) / 4' } }, encoding: { theta, ...color, tooltip } };
  }
  const { x, y } = channels as { readonly x: Encoding; readonly y: Encoding };
  if (type === 'histogram') return histogram(x, y, { ...color, tooltip });
  const encoding = { x: axisOf(x), y: axisOf(y), ...color, tooltip };
  if (type === 'line') return { mark: { type: 'line', point: true, interpolate: 'monotone' }, encoding };
  return { mark: { type: 'bar', cornerRadiusEnd: 3 }, encoding };
}

/** The query has made the bins: each row carries the lower end of one. */
function histogram(x: Encoding, y: Encoding, shared: Json): Json {
  const width = x.field.binWidth;
  if (width === undefined) throw new Unsupported('a histogram over anything but bins is not supported');
  const from = x.field.alias;
  return {
    transform: [
      // Vega-Lite 6 works out the gap between bars from a field of exactly this name, whatever x2 is.
      { calculate: `datum.${from} + ${width}`, as: `${from}_end` },
      { calculate: `format(datum.${from}, ',') + ' to ' + format(datum.${from}_end, ',')`, as: 'range' },
    ],
    // No rounded corners: with them Vega-Lite 6 draws binned bars without width.
    mark: { type: 'bar' },
    encoding: {
      ...shared,
      x: {
        field: from,
        type: 'quantitative',
        title: x.title,
        bin: 'binned',
        axis: { labelExpr: SHORT_NUMBER, format: ',', grid: false },
      },
      x2: { field: `${from}_end` },
      y: axisOf(y),
      tooltip: [{ field: 'range', type: 'nominal', title: x.title }, tooltipOf(y)],
    },
  };
}

function axisOf({ field, scale, title, sortBy }: Encoding): Json {
  const base = { field: field.alias, title };
  switch (scale) {
    case 'quantitative':
      return { ...base, type: 'quantitative', axis: { labelExpr: SHORT_NUMBER, tickMinStep: 1 } };
    case 'temporal':
      return {
        ...base,
        type: 'temporal',
        scale: { type: 'utc' },
        axis: { grid: false, labelOverlap: true, tickCount: timeTicks(field) },
      };
    case 'categorical':
      return { ...base, type: 'nominal', sort: sortOf(sortBy), axis: { labelAngle: 0, labelOverlap: true } };
  }
}

/** Ticks no closer than the unit that the query cuts times to. */
function timeTicks({ timeUnit }: Encoding['field']): unknown {
  return timeUnit === undefined ? 8 : { interval: timeUnit.toLowerCase(), step: 1 };
}

/** Lakeview writes `y-reversed` for "by the value on y, largest first"; Vega-Lite `-y`. */
function sortOf(by: string | undefined): string {
  if (by === undefined || by === 'natural-order') return 'ascending';
  if (by === 'natural-order-reversed') return 'descending';
  const [, channel, reversed] = /^([xy])(-reversed)?$/.exec(by) ?? [];
  if (channel === undefined) throw new Unsupported(`the sort "${by}" is not supported`);
  return reversed ? `-${channel}` : channel;
}

function colorOf({ field, title, scale }: Encoding): Json {
  if (scale === 'quantitative') return { field: field.alias, type: 'quantitative', title };
  return { field: field.alias, type: 'nominal', title, legend: { title: null } };
}

function tooltipOf({ field, title, scale }: Encoding): Json {
  const types = { quantitative: 'quantitative', temporal: 'temporal', categorical: 'nominal' } as const;
  const format = {
    quantitative: { format: ',' },
    temporal: { formatType: 'utc', format: '%d %b %Y %H:%M' },
    categorical: {},
  } as const;
  return { field: field.alias, type: types[scale], title, ...format[scale] };
}

/** Plain JSON: BIGINT and DECIMAL become numbers, because Vega has no others. */
function plainRow(row: Readonly<Record<string, unknown>>, encodings: readonly Encoding[], result: Result): Json {
  return Object.fromEntries(
    encodings.map(({ field: { alias }, scale }) => {
      const value = row[alias];
      const numeric = scale === 'quantitative' || kindOf(typeOf(result, alias)) === 'number';
      if (numeric) return [alias, numberOf(value)];
      return [alias, value === null || value === undefined ? 'none' : String(value)];
    }),
  );
}

function summaryOf(type: ChartType, encodings: readonly Encoding[], rows: number): string {
  const names = { bar: 'Bar chart', line: 'Line chart', pie: 'Pie chart', histogram: 'Histogram' };
  return `${names[type]} of ${encodings.map(({ title }) => title).join(' and ')}, ${rows} ${rows === 1 ? 'value' : 'values'}`;
}
