import { formatDuration, formatTime, NOTHING } from '../format';
import { jobPicture, statusText } from '../job/picture';
import type { JobRunView, JobView, TaskView } from '../job/view';
import { type Html, html } from './html';
import { runMatrix } from './run-matrix';
import { type StatusFact, shell, statusList } from './shell';
import { stackingTable } from './table';

/** How often the page asks again, in milliseconds. */
const EVERY = { running: 1_000, otherwise: 5_000 };

/** A job's graph with its last run, live while it runs, and the runs before it. */
export function jobPage(nonce: string, view: JobView, facts: readonly StatusFact[], now: Date): string {
  return shell({ title: view.name, body: content(view, facts, now), nonce, scripts: ['/assets/refresh.js'] });
}

/** What of a job's page may change from one look to the next: refresh.js fetches it and changes the page in place. */
export function jobContent(view: JobView, facts: readonly StatusFact[], now: Date): string {
  return content(view, facts, now).text;
}

function content(view: JobView, facts: readonly StatusFact[], now: Date): Html {
  const last = view.runs[0];
  const every = last?.status === 'running' || last?.status === 'queued' ? EVERY.running : EVERY.otherwise;
  return html`<header class="top">
<div class="heading"><p class="brand"><a href="/">Lakewright</a></p><h1>${view.name}</h1></div>
${statusList([...facts, ...runFacts(last), { label: 'Starts', value: view.starts }])}
<p class="queried">As of <time datetime="${now.toISOString()}">${formatTime(now.toISOString(), 'seconds')}</time> <a class="button" href="" data-refresh>Refresh</a>
<span class="offline" role="status" data-offline hidden>No answer from the server: this page shows what it had before</span></p>
</header>
<main id="content" data-layout="job" data-every="${every}">
<div class="notice error run"${last?.reason === undefined ? html` hidden` : undefined}><p>${last?.reason}</p></div>
<div class="card picture"><div class="scroll" tabindex="0" role="region" aria-label="Graph of ${view.name}">${jobPicture(view)}</div></div>
<h2 class="page-title">Tasks of the last run</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Tasks of the last run">${taskTable(view)}</div></div>
<h2 class="page-title">Runs</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Runs by task">${matrix(view)}</div></div>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Runs">${runTable(view.runs)}</div></div>
</main>`;
}

function runFacts(run: JobRunView | undefined): readonly StatusFact[] {
  if (!run) return [{ label: 'Last run', value: 'none yet' }];
  return [
    { label: 'Last run', value: statusText(run.status) },
    { label: 'Started', value: `${formatTime(run.startedAt, 'seconds')}, ${run.startedBy}` },
    { label: run.status === 'running' ? 'Runs for' : 'Took', value: formatDuration(run.durationMs) },
    ...(run.repairs > 0 ? [{ label: 'Repairs', value: String(run.repairs) }] : []),
  ];
}

function taskTable({ id, tasks }: JobView): Html {
  const reasons = tasks.some(({ reason }) => reason !== undefined);
  return stackingTable(
    ['Task', 'Kind', 'What', 'Result', 'Attempts', 'Time', 'Log', ...(reasons ? ['Reason'] : [])],
    tasks.map((task) => [
      task.key,
      task.kind,
      task.page === undefined ? task.about : html`<a href="${task.page}">${task.about}</a>`,
      statusText(task.status),
      String(task.attempts),
      task.durationMs === undefined ? NOTHING : formatDuration(task.durationMs),
      logLink(id, task),
      ...(reasons ? [task.reason ?? ''] : []),
    ]),
    [4, 5],
  );
}

function logLink(job: string, { key, logged }: TaskView): Html | string {
  return logged ? html`<a href="/jobs/${encodeURIComponent(job)}/tasks/${encodeURIComponent(key)}/log">log</a>` : NOTHING;
}

/** Tasks by runs. */
function matrix({ tasks, runs }: JobView): Html {
  return runMatrix({
    title: 'Task',
    rows: tasks.map(({ key }) => key),
    columns: runs.map((run) => ({ ...run, cells: run.tasks })),
    run: 'run',
    none: 'The job was not run yet',
  });
}

function runTable(runs: readonly JobRunView[]): Html | undefined {
  if (runs.length === 0) return undefined;
  return stackingTable(
    ['Started', 'By', 'Result', 'Time', 'Repairs', 'Run', 'Reason'],
    runs.map(({ id, startedAt, startedBy, status, durationMs, repairs, reason }) => [
      formatTime(startedAt, 'seconds'),
      startedBy,
      statusText(status),
      formatDuration(durationMs),
      String(repairs),
      id,
      reason ?? '',
    ]),
    [3, 4],
  );
}
