import { formatDuration, formatTime } from '../format';
import { statusText } from '../job/picture';
import { type Html, html } from './html';

/** A mark for each state: the colour says the same, and is not all that says it. */
const MARKS: Readonly<Record<string, string>> = {
  success: '✓',
  failed: '✕',
  timedout: '◷',
  canceled: '■',
  running: '▶',
  waiting_for_retry: '↻',
  excluded: '–',
  upstream_failed: '↑',
  upstream_canceled: '↑',
  skipped: '–',
  blocked: '·',
};

/** One run: how it stands, and by row how that stands in it; a row that it does not have is left out. */
export interface MatrixColumn {
  readonly status: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface RunMatrix {
  /** What a row is. */
  readonly title: string;
  readonly rows: readonly string[];
  /** Latest first. */
  readonly columns: readonly MatrixColumn[];
  /** What a column is. */
  readonly run: string;
  /** Said where there are no columns. */
  readonly none: string;
}

/** Parts by runs, the latest run on the right. */
export function runMatrix({ title, rows, columns: latestFirst, run, none }: RunMatrix): Html {
  if (latestFirst.length === 0) return html`<div class="notice empty"><p>${none}</p></div>`;
  const columns = [...latestFirst].reverse();
  const longest = Math.max(...columns.map(({ durationMs }) => durationMs), 1);
  return html`<table class="matrix"><thead><tr><th scope="col">${title}</th>${columns.map((each) => head(each, longest))}</tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${row}</th>${columns.map((column) => cell(row, column))}</tr>`)}</tbody></table>
<p class="detail">A column is ${run === 'execution' ? 'an' : 'a'} ${run}, the latest on the right; its bar is how long it took, the longest ${formatDuration(longest)}.</p>`;
}

function head({ status, startedAt, durationMs }: MatrixColumn, longest: number): Html {
  const bar = Math.max(2, (30 * durationMs) / longest);
  return html`<th scope="col" title="${formatTime(startedAt, 'seconds')}: ${statusText(status)}, ${formatDuration(durationMs)}"><svg class="took ${status}" viewBox="0 0 10 30" width="10" height="30" aria-hidden="true"><rect y="${(30 - bar).toFixed(1)}" width="10" height="${bar.toFixed(1)}" rx="2"/></svg><span class="spoken">${formatTime(startedAt, 'seconds')}, ${formatDuration(durationMs)}</span></th>`;
}

function cell(row: string, { cells, startedAt }: MatrixColumn): Html {
  const status = cells[row];
  if (status === undefined) return html`<td></td>`;
  return html`<td><span class="state ${status}" title="${row}, ${formatTime(startedAt, 'seconds')}: ${statusText(status)}"><span aria-hidden="true">${MARKS[status] ?? '?'}</span><span class="spoken">${statusText(status)}</span></span></td>`;
}
