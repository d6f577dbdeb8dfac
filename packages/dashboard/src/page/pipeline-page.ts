import { formatDuration, formatNumber, formatTime, NOTHING } from '../format';
import { picture } from '../pipeline/picture';
import type { DatasetView, PipelineView, UpdateView } from '../pipeline/view';
import { type Html, html } from './html';
import { type StatusFact, shell, statusList } from './shell';
import { stackingTable } from './table';

/** How often the page asks again, in milliseconds. */
const EVERY = { running: 1_000, otherwise: 5_000 };

/** A pipeline's graph with what its last update did, live while one runs. */
export function pipelinePage(nonce: string, view: PipelineView, facts: readonly StatusFact[], now: Date): string {
  return shell({ title: view.name, body: content(view, facts, now), nonce, scripts: ['/assets/refresh.js'] });
}

/** What of a pipeline's page may change from one look to the next: refresh.js fetches it and changes the page in place. */
export function pipelineContent(view: PipelineView, facts: readonly StatusFact[], now: Date): string {
  return content(view, facts, now).text;
}

function content(view: PipelineView, facts: readonly StatusFact[], now: Date): Html {
  const own = view.datasets.filter(({ status }) => status !== undefined);
  const every = view.update?.status === 'running' ? EVERY.running : EVERY.otherwise;
  return html`<header class="top">
<div class="heading"><p class="brand"><a href="/">Lakewright</a></p><h1>${view.name}</h1></div>
${statusList([...facts, ...updateFacts(view.update)])}
<p class="queried">As of <time datetime="${now.toISOString()}">${formatTime(now.toISOString(), 'seconds')}</time> <a class="button" href="" data-refresh>Refresh</a>
<span class="offline" role="status" data-offline hidden>No answer from the server: this page shows what it had before</span></p>
</header>
<main id="content" data-layout="pipeline" data-every="${every}">
<div class="card picture"><div class="scroll" tabindex="0" role="region" aria-label="Graph of ${view.name}">${picture(view)}</div>
<p class="detail">A line is read as a stream, a broken line as a whole.</p></div>
<h2 class="page-title">Last update</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Datasets of the last update">${datasetTable(own)}</div></div>
<h2 class="page-title">Expectations</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Expectations of the last update">${expectationTable(own)}</div></div>
</main>`;
}

function updateFacts(update: UpdateView | undefined): readonly StatusFact[] {
  if (!update) return [{ label: 'Last update', value: 'none yet' }];
  return [
    { label: 'Last update', value: update.status },
    { label: 'Started', value: formatTime(update.startedAt, 'seconds') },
    ...(update.durationMs === undefined ? [] : [{ label: 'Took', value: formatDuration(update.durationMs) }]),
  ];
}

const count = (value: number | undefined) => (value === undefined ? NOTHING : formatNumber(value));

function datasetTable(datasets: readonly DatasetView[]): Html {
  const reasons = datasets.some(({ reason }) => reason !== undefined);
  return stackingTable(
    ['Dataset', 'Kind', 'Result', 'Rows', 'Written', 'Dropped', 'Time', ...(reasons ? ['Reason'] : [])],
    datasets.map(({ name, kind, status, rows, rowsWritten, rowsDropped, durationMs, reason }) => [
      name,
      kind,
      status ?? '',
      count(rows),
      count(rowsWritten),
      count(rowsDropped),
      durationMs === undefined ? NOTHING : formatDuration(durationMs),
      ...(reasons ? [reason ?? ''] : []),
    ]),
    [3, 4, 5, 6],
  );
}

function expectationTable(datasets: readonly DatasetView[]): Html {
  const rows = datasets.flatMap(({ name, expectations }) =>
    expectations.map((each) => [name, each.name, each.action, count(each.passed), count(each.failed)]),
  );
  if (rows.length === 0) return html`<div class="notice empty"><p>The last update judged no rows</p></div>`;
  return stackingTable(['Dataset', 'Expectation', 'On violation', 'Passed', 'Failed'], rows, [3, 4]);
}
