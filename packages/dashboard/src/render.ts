import { createHash } from 'node:crypto';
import { type DashboardWidget, type Definition, datasetQuery, type WidgetSpec } from './definition';
import { Unsupported } from './unsupported';
import type { DashboardView, WidgetContent, WidgetView } from './view';
import { chartContent } from './widget/chart';
import { counterContent } from './widget/counter';
import type { Result } from './widget/result';
import { tableContent } from './widget/table';
import { type WidgetSql, widgetSql } from './widget-sql';

/** Runs one query; throws what the engine says if it fails. */
export type RunQuery = (sql: string) => Promise<Result>;

type Content = (spec: WidgetSpec, sql: WidgetSql, result: Result, now: Date) => WidgetContent;

const CONTENTS: Readonly<Record<string, Content>> = {
  counter: counterContent,
  table: tableContent,
  bar: chartContent,
  line: chartContent,
  pie: chartContent,
  histogram: chartContent,
};

/** Spark's error class for a table that does not exist; Sail writes it into its messages too. */
const NO_TABLE = 'TABLE_OR_VIEW_NOT_FOUND';

/** Widget types this package shows, text included. */
export const WIDGET_TYPES: readonly string[] = [...Object.keys(CONTENTS), 'text'];

/**
 * Runs the queries of a dashboard and fills its widgets. Equal queries run once. What goes wrong in a widget (a query that
 * fails, something unsupported) is told in its place; the others are not touched by it.
 */
export async function renderDashboard(
  source: { readonly id: string; readonly name: string; readonly definition: Definition },
  query: RunQuery,
  now: Date,
): Promise<DashboardView> {
  const run = runningOnce(query);
  const pages = source.definition.pages.map(async (page) => ({
    name: page.name,
    title: page.displayName || page.name,
    widgets: await Promise.all(
      page.layout.map(async ({ widget, position }): Promise<WidgetView> => {
        const { showTitle = true, title = '', description } = widget.spec?.frame ?? {};
        return {
          id: `w${createHash('sha256').update(`${page.name}/${widget.name}`).digest('hex').slice(0, 10)}`,
          title: showTitle ? title : '',
          description,
          position,
          content: await contentOf(source.definition, widget, run, now),
        };
      }),
    ),
  }));
  return { id: source.id, name: source.name, pages: await Promise.all(pages), queriedAt: now.toISOString() };
}

async function contentOf(definition: Definition, widget: DashboardWidget, run: RunQuery, now: Date): Promise<WidgetContent> {
  try {
    const markdown = widget.multilineTextboxSpec?.lines.join('') ?? widget.textbox_spec;
    if (markdown !== undefined) return { kind: 'text', markdown };
    return await queriedContent(definition, widget, run, now);
  } catch (error) {
    return noticeOf(error);
  }
}

function noticeOf(error: unknown): WidgetContent {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Unsupported) return { kind: 'notice', tone: 'unsupported', message };
  if (message.includes(NO_TABLE)) {
    return { kind: 'notice', tone: 'empty', message: 'No rows yet: no update has made the table' };
  }
  return { kind: 'notice', tone: 'error', message };
}

async function queriedContent(definition: Definition, widget: DashboardWidget, run: RunQuery, now: Date): Promise<WidgetContent> {
  const { spec } = widget;
  if (!spec) throw new Unsupported('a widget without a specification is not supported');
  const content = CONTENTS[spec.widgetType];
  if (!content) {
    throw new Unsupported(`widgets of type "${spec.widgetType}" are not supported: ${WIDGET_TYPES.join(', ')} are`);
  }
  const query = widget.queries?.[0]?.query;
  if (!query || widget.queries?.length !== 1) throw new Unsupported('a widget needs exactly one query');
  const dataset = datasetQuery(definition, query.datasetName);
  if (dataset === undefined) throw new Unsupported(`the dashboard has no dataset "${query.datasetName}"`);
  const sql = widgetSql(query, dataset);
  return content(spec, sql, await run(sql.sql), now);
}

function runningOnce(query: RunQuery): RunQuery {
  const running = new Map<string, Promise<Result>>();
  return (sql) => {
    const known = running.get(sql) ?? query(sql);
    running.set(sql, known);
    return known;
  };
}
