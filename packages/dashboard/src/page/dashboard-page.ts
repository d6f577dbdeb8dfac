import { createHash } from 'node:crypto';
import { formatTime } from '../format';
import type { DashboardView, PageView, TableView, WidgetContent, WidgetView } from '../view';
import { Html, html, jsonBlock } from './html';
import { markdown } from './markdown';
import { type StatusFact, shell, statusList } from './shell';

/** Counters with more characters than this are written smaller, so that they stay on one line. */
const LONG = 9;
/** Tables with more columns than this are shown as one block a row where there is little width. */
const FEW_COLUMNS = 3;

/** Loaded in this order. Those for charts as well when no chart stands in the page yet: a refresh may bring some. */
const SCRIPTS = ['vega', 'vega-lite', 'vega-embed', 'dashboard', 'refresh'].map((name) => `/assets/${name}.js`);

/** A dashboard with everything in it but the drawing of its charts, which the page's script does from the data given with them. */
export function dashboardPage(nonce: string, view: DashboardView, facts: readonly StatusFact[]): string {
  return shell({ title: view.name, body: content(view, facts), nonce, style: placement(view), scripts: SCRIPTS });
}

/** What of a dashboard's page may change from one look to the next: refresh.js fetches it and changes the page in place. */
export function dashboardContent(view: DashboardView, facts: readonly StatusFact[]): string {
  return content(view, facts).text;
}

function content(view: DashboardView, facts: readonly StatusFact[]): Html {
  const several = view.pages.length > 1;
  return html`<header class="top">
<div class="heading"><p class="brand"><a href="/">Lakewright</a></p><h1>${view.name}</h1></div>
${statusList(facts)}
<p class="queried">As of <time datetime="${view.queriedAt}">${formatTime(view.queriedAt, 'seconds')}</time> <a class="button" href="" data-refresh>Refresh</a>
<span class="offline" role="status" data-offline hidden>No answer from the server: this page shows what it had before</span></p>
</header>
${several ? pageLinks(view.pages) : undefined}
<main id="content" data-layout="${layoutOf(view)}">${view.pages.map((page) => pageSection(page, several))}</main>`;
}

/** Changes when other widgets, or the same in other places, were deployed. */
function layoutOf(view: DashboardView): string {
  return createHash('sha256').update(placement(view).text).digest('base64url').slice(0, 12);
}

function pageLinks(pages: readonly PageView[]): Html {
  return html`<nav class="pages" aria-label="Pages">${pages.map(({ name, title }) => html`<a href="#${name}">${title}</a>`)}</nav>`;
}

function pageSection({ name, title, widgets }: PageView, several: boolean): Html {
  // In reading order, so that a narrow screen and a screen reader meet them as the eye does.
  const ordered = widgets.toSorted((a, b) => a.position.y - b.position.y || a.position.x - b.position.x);
  return html`<section id="${name}" aria-label="${title}">
${several ? html`<h2 class="page-title">${title}</h2>` : undefined}
<div class="grid">${ordered.map(card)}</div>
</section>`;
}

function card(widget: WidgetView): Html {
  const { id, title, description, content } = widget;
  const labelled = title ? html` aria-labelledby="${id}-title"` : undefined;
  return html`<article id="${id}" class="card kind-${content.kind}"${labelled}>
${title ? html`<h3 id="${id}-title" class="title">${title}</h3>` : undefined}
${description ? html`<p class="description">${description}</p>` : undefined}
${body(id, title, content)}
</article>
`;
}

function body(id: string, title: string, content: WidgetContent): Html {
  switch (content.kind) {
    case 'counter':
      return html`<p class="value${content.value.length > LONG ? ' long' : ''}">${content.value}</p>${content.detail ? html`<p class="detail">${content.detail}</p>` : undefined}`;
    case 'table':
      return content.table.rows.length === 0
        ? notice('empty', 'No rows yet')
        : html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">${table(content.table)}</div>`;
    case 'chart':
      return html`<div class="chart" data-chart="${id}" role="img" aria-label="${content.summary}"></div>
<script type="application/json" id="${id}-spec">${jsonBlock(content.spec)}</script>
<details class="data"><summary>Data</summary><div class="scroll" tabindex="0" role="region" aria-label="Data of ${title}">${table(content.table)}</div></details>`;
    case 'text':
      return html`<div class="prose">${markdown(content.markdown)}</div>`;
    case 'notice':
      return notice(content.tone, content.message);
  }
}

function notice(tone: 'empty' | 'error' | 'unsupported', message: string): Html {
  const lead = {
    empty: undefined,
    error: html`<strong>The query failed</strong>`,
    unsupported: html`<strong>Not shown here</strong>`,
  }[tone];
  return html`<div class="notice ${tone}"${tone === 'error' ? html` role="alert"` : undefined}>${lead}<p>${message}</p></div>`;
}

/** Roles are written out: a table that is shown as blocks is none to a browser. */
function table({ columns, rows, truncated }: TableView): Html {
  const cell = (text: string, index: number) =>
    html`<td role="cell" data-label="${columns[index]?.title}"${classOf(columns[index])}>${text}</td>`;
  const stacking = columns.length > FEW_COLUMNS ? html` class="stacking"` : undefined;
  return html`<table role="table"${stacking}>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th scope="col" role="columnheader"${classOf(column)}>${column.title}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map(cell)}</tr>`)}</tbody>
</table>${truncated ? html`<p class="more">The first ${rows.length} rows. There are more.</p>` : undefined}`;
}

function classOf(column: TableView['columns'][number] | undefined): Html | undefined {
  if (column?.numeric) return html` class="number"`;
  return column?.short ? html` class="short"` : undefined;
}

/** Where each card stands on a wide screen. Numbers only, all of them validated. */
function placement(view: DashboardView): Html {
  const rules = view.pages.flatMap(({ widgets }) =>
    widgets.map(
      ({ id, position: { x, y, width, height } }) =>
        `#${id}{grid-column:${x + 1}/span ${width};grid-row:${y + 1}/span ${height}}`,
    ),
  );
  return new Html(`@media (min-width:68rem){${rules.join('')}}`);
}
