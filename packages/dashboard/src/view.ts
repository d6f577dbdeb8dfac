import type { Position } from './definition';

/** A table ready to be shown: all texts are final, none is markup. */
export interface TableView {
  /** `short` cells are never broken into lines. */
  readonly columns: readonly { readonly title: string; readonly numeric: boolean; readonly short: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** True if there are more rows than these. */
  readonly truncated: boolean;
}

/** What stands in a widget. */
export type WidgetContent =
  | { readonly kind: 'counter'; readonly value: string; readonly detail?: string }
  | { readonly kind: 'table'; readonly table: TableView }
  /** `spec` is Vega-Lite with its data inside and without colours: the page adds its theme. `table` tells the same in words. */
  | {
      readonly kind: 'chart';
      readonly spec: Readonly<Record<string, unknown>>;
      readonly summary: string;
      readonly table: TableView;
    }
  | { readonly kind: 'text'; readonly markdown: string }
  | { readonly kind: 'notice'; readonly tone: 'empty' | 'error' | 'unsupported'; readonly message: string };

export interface WidgetView {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly position: Position;
  readonly content: WidgetContent;
}

export interface PageView {
  readonly name: string;
  readonly title: string;
  readonly widgets: readonly WidgetView[];
}

/** A dashboard with the results of its queries in it. */
export interface DashboardView {
  readonly id: string;
  readonly name: string;
  readonly pages: readonly PageView[];
  /** When its queries were run, ISO 8601. */
  readonly queriedAt: string;
}
