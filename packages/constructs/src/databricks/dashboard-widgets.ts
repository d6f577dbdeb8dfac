import { LakewrightError } from '@lakewright/config';
import type { Columns, Dataset, Field, FieldOf } from './dashboard-fields';

/** Place on a page in cells of a grid six columns wide; `x` and `y` count from 0. */
export interface Position {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LakeviewField {
  readonly name: string;
  readonly expression: string;
}
export interface LakeviewQuery {
  readonly name: string;
  readonly query: { readonly datasetName: string; readonly fields: readonly LakeviewField[]; readonly disaggregated: boolean };
}
export type WidgetType = 'counter' | 'bar' | 'line' | 'pie' | 'histogram' | 'table';
export interface LakeviewSpec {
  readonly version: number;
  readonly widgetType: WidgetType;
  readonly encodings: Readonly<Record<string, unknown>>;
  readonly frame: { readonly showTitle: boolean; readonly title: string };
}
/** A widget as a `.lvdash.json` holds it, without its name. */
export type LakeviewWidgetBody =
  | { readonly queries: readonly LakeviewQuery[]; readonly spec: LakeviewSpec }
  | { readonly multilineTextboxSpec: { readonly lines: readonly string[] } };

/** A widget before its page has given it a name. */
export interface Widget {
  readonly name: string;
  readonly position: Position;
  readonly body: LakeviewWidgetBody;
  readonly dataset?: Dataset<Columns>;
}

interface WidgetProps {
  /** Shown over the widget; the widget's name is made of it. */
  readonly title: string;
  readonly position: Position;
  /** @default made from the title: lower-case words joined by "-" */
  readonly name?: string;
}

/** How a number is written: in full, as 12.3K, as a share, or as money in a currency (ISO 4217). */
export type NumberFormat = 'plain' | 'compact' | 'percent' | { readonly currency: string };

export interface CounterProps<C extends Columns> extends WidgetProps {
  readonly value: FieldOf<C>;
  /** @default plain */
  readonly format?: NumberFormat;
}
/** One number, or the latest moment. A plain column shows the first row's value. */
export function counter<C extends Columns>(dataset: Dataset<C>, props: CounterProps<C>): Widget {
  const value = dataset.resolve(props.value);
  const format = value.scale === 'quantitative' ? { format: numberFormat(props.format ?? 'plain') } : {};
  const encodings = { value: { fieldName: value.name, displayName: value.title, ...format } };
  return chart(dataset, props, { version: 2, widgetType: 'counter', encodings, fields: [value] });
}

export interface BarProps<C extends Columns> extends WidgetProps {
  /** One of x and y is an aggregate; bars lie down when it is x. */
  readonly x: FieldOf<C>;
  readonly y: FieldOf<C>;
  /** Splits each bar. @default one colour */
  readonly color?: FieldOf<C>;
  /** @default the axis' own order */
  readonly sort?: 'largest-first' | 'smallest-first';
}
/** @throws LakewrightError DASHBOARD_WIDGET when not exactly one of x and y is an aggregate */
export function bar<C extends Columns>(dataset: Dataset<C>, props: BarProps<C>): Widget {
  const [x, y] = [dataset.resolve(props.x), dataset.resolve(props.y)];
  if (x.aggregate === y.aggregate) {
    throw new LakewrightError(
      'DASHBOARD_WIDGET',
      `bar "${props.title}", x and y: exactly one must be an aggregate (got ${x.name}, ${y.name})`,
      { hint: 'count(), sum(column) or another aggregate of the dataset' },
    );
  }
  const measure = x.aggregate ? 'x' : 'y';
  const by = { 'largest-first': `${measure}-reversed`, 'smallest-first': measure, own: undefined }[props.sort ?? 'own'];
  const encodings = {
    x: axis(x, measure === 'y' ? by : undefined),
    y: axis(y, measure === 'x' ? by : undefined),
    ...colored(dataset, props.color),
  };
  return chart(dataset, props, { version: 3, widgetType: 'bar', encodings, fields: [x, y, ...listed(dataset, props.color)] });
}

export interface LineProps<C extends Columns> extends WidgetProps {
  readonly x: FieldOf<C>;
  readonly y: FieldOf<C>;
  /** One line a value. @default one line */
  readonly color?: FieldOf<C>;
}
export function line<C extends Columns>(dataset: Dataset<C>, props: LineProps<C>): Widget {
  const [x, y] = [dataset.resolve(props.x), dataset.resolve(props.y)];
  const encodings = { x: axis(x), y: axis(y), ...colored(dataset, props.color) };
  return chart(dataset, props, { version: 3, widgetType: 'line', encodings, fields: [x, y, ...listed(dataset, props.color)] });
}

export interface PieProps<C extends Columns> extends WidgetProps {
  readonly angle: FieldOf<C>;
  readonly color: FieldOf<C>;
}
export function pie<C extends Columns>(dataset: Dataset<C>, props: PieProps<C>): Widget {
  const [angle, color] = [dataset.resolve(props.angle), dataset.resolve(props.color)];
  const encodings = { angle: axis(angle), color: axis(color) };
  return chart(dataset, props, { version: 3, widgetType: 'pie', encodings, fields: [angle, color] });
}

export interface HistogramProps<C extends Columns> extends WidgetProps {
  /** A bin: `listings.bin('price', 50_000)`. */
  readonly x: Field<C>;
  /** @default the number of rows */
  readonly y?: Field<C>;
  /** @default one colour */
  readonly color?: FieldOf<C>;
}
/** @throws LakewrightError DASHBOARD_WIDGET when x is not a bin */
export function histogram<C extends Columns>(dataset: Dataset<C>, props: HistogramProps<C>): Widget {
  const [x, y] = [dataset.resolve(props.x), dataset.resolve(props.y ?? dataset.count())];
  if (!x.name.startsWith('bin(')) {
    throw new LakewrightError('DASHBOARD_WIDGET', `histogram "${props.title}", x: must be a bin (got ${x.name})`, {
      hint: "dataset.bin('column', width)",
    });
  }
  const encodings = { x: axis(x), y: axis(y), ...colored(dataset, props.color) };
  return chart(dataset, props, {
    version: 3,
    widgetType: 'histogram',
    encodings,
    fields: [x, y, ...listed(dataset, props.color)],
  });
}

export interface TableProps<C extends Columns> extends WidgetProps {
  /** In this order; `dataset.column('city').titled('City')` for a heading. */
  readonly columns: readonly FieldOf<C>[];
}
/** The rows of the dataset, as its query orders and limits them. */
export function table<C extends Columns>(dataset: Dataset<C>, props: TableProps<C>): Widget {
  const fields = props.columns.map((column) => dataset.resolve(column));
  const aggregate = fields.find((field) => field.aggregate);
  if (fields.length === 0 || aggregate) {
    throw new LakewrightError(
      'DASHBOARD_WIDGET',
      `table "${props.title}", columns: must be one column or more and no aggregate (got ${aggregate?.name ?? 'none'})`,
      { hint: 'aggregate in the query of the dataset' },
    );
  }
  const encodings = { columns: fields.map((field) => ({ fieldName: field.name, displayName: field.title })) };
  return chart(dataset, props, { version: 2, widgetType: 'table', encodings, fields });
}

export interface TextProps {
  readonly name: string;
  /** Markdown. */
  readonly markdown: string;
  readonly position: Position;
}
export function text(props: TextProps): Widget {
  return { name: props.name, position: props.position, body: { multilineTextboxSpec: { lines: lines(props.markdown) } } };
}

/** Lines that keep their line ends: Lakeview joins them with nothing in between. */
export function lines(content: string): string[] {
  return content.split(/(?<=\n)/);
}

interface Chart<C extends Columns> extends Omit<LakeviewSpec, 'frame'> {
  readonly fields: readonly Field<C>[];
}
function chart<C extends Columns>(dataset: Dataset<C>, props: WidgetProps, { fields, ...spec }: Chart<C>): Widget {
  const distinct = [...new Map(fields.map(({ name, expression }) => [name, { name, expression }])).values()];
  const query = { datasetName: dataset.name, fields: distinct, disaggregated: !fields.some((field) => field.aggregate) };
  return {
    name: props.name ?? slug(props.title),
    position: props.position,
    dataset: dataset as unknown as Dataset<Columns>,
    body: { queries: [{ name: 'main_query', query }], spec: { ...spec, frame: { showTitle: true, title: props.title } } },
  };
}

function axis<C extends Columns>(field: Field<C>, sortBy?: string) {
  const scale = sortBy ? { type: field.scale, sort: { by: sortBy } } : { type: field.scale };
  return { fieldName: field.name, displayName: field.title, scale };
}

function colored<C extends Columns>(dataset: Dataset<C>, color: FieldOf<C> | undefined) {
  return color === undefined ? {} : { color: axis(dataset.resolve(color)) };
}

function listed<C extends Columns>(dataset: Dataset<C>, color: FieldOf<C> | undefined): Field<C>[] {
  return color === undefined ? [] : [dataset.resolve(color)];
}

function numberFormat(format: NumberFormat) {
  if (typeof format === 'object') {
    return { type: 'number-currency', currencyCode: format.currency, decimalPlaces: { type: 'max', places: 0 } };
  }
  if (format === 'percent') return { type: 'number-percent', decimalPlaces: { type: 'max', places: 1 } };
  const abbreviation = format === 'compact' ? { abbreviation: 'compact' } : {};
  return { type: 'number-plain', ...abbreviation, decimalPlaces: { type: 'max', places: 2 } };
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
