import { formatDuration, formatTime, NOTHING } from '../format';
import { machinePicture } from '../machine/picture';
import type { ExecutionView, MachineStateView, MachineView } from '../machine/view';
import { type Html, html } from './html';
import { runMatrix } from './run-matrix';
import { type StatusFact, shell, statusList } from './shell';
import { stackingTable } from './table';

/** How often the page asks again, in milliseconds. */
const EVERY = { running: 1_000, otherwise: 5_000 };

/** A state machine's graph with its last execution, live while it runs, and the executions before it. */
export function machinePage(nonce: string, view: MachineView, facts: readonly StatusFact[], now: Date): string {
  return shell({ title: view.name, body: content(view, facts, now), nonce, scripts: ['/assets/refresh.js'] });
}

/** What of a machine's page may change from one look to the next: refresh.js fetches it and changes the page in place. */
export function machineContent(view: MachineView, facts: readonly StatusFact[], now: Date): string {
  return content(view, facts, now).text;
}

function content(view: MachineView, facts: readonly StatusFact[], now: Date): Html {
  const last = view.executions?.[0];
  const every = last?.status === 'running' ? EVERY.running : EVERY.otherwise;
  const wrong = view.executions ? last?.reason : 'The AWS API does not run, which keeps the executions: lakewright up';
  return html`<header class="top">
<div class="heading"><p class="brand"><a href="/">Lakewright</a></p><h1>${view.name}</h1></div>
${statusList([...facts, ...executionFacts(view)])}
<p class="queried">As of <time datetime="${now.toISOString()}">${formatTime(now.toISOString(), 'seconds')}</time> <a class="button" href="" data-refresh>Refresh</a>
<span class="offline" role="status" data-offline hidden>No answer from the server: this page shows what it had before</span></p>
</header>
<main id="content" data-layout="job" data-every="${every}">
<div class="notice error run"${wrong === undefined ? html` hidden` : undefined}><p>${wrong}</p></div>
<div class="card picture"><div class="scroll" tabindex="0" role="region" aria-label="Graph of ${view.name}">${machinePicture(view)}</div>
<p class="detail">A broken line is the way of an error that is caught.</p></div>
<h2 class="page-title">States of the last execution</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="States of the last execution">${stateTable(view.states)}</div></div>
<h2 class="page-title">Executions</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Executions by state">${matrix(view)}</div></div>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Executions">${executionTable(view.executions ?? [])}</div></div>
</main>`;
}

function executionFacts({ executions }: MachineView): readonly StatusFact[] {
  const execution = executions?.[0];
  if (!execution) return [{ label: 'Last execution', value: executions ? 'none yet' : 'unknown' }];
  return [
    { label: 'Last execution', value: execution.status },
    { label: 'Started', value: formatTime(execution.startedAt, 'seconds') },
    { label: execution.status === 'running' ? 'Runs for' : 'Took', value: formatDuration(execution.durationMs) },
  ];
}

function stateTable(states: readonly MachineStateView[]): Html {
  const entered = states.filter(({ status }) => status !== 'never');
  if (entered.length === 0) return html`<div class="notice empty"><p>No state was entered yet</p></div>`;
  return stackingTable(
    ['State', 'Inside', 'Kind', 'Result', 'Entered', 'Failed', 'Time'],
    entered.map(({ name, inside, kind, status, entered, failed, durationMs }) => [
      name,
      inside ?? NOTHING,
      kind,
      status,
      String(entered),
      String(failed),
      durationMs === undefined ? NOTHING : formatDuration(durationMs),
    ]),
    [4, 5, 6],
  );
}

/** States by executions: those that any of them entered. */
function matrix(view: MachineView): Html {
  const { states, executions = [] } = view;
  const entered = states.filter(({ name }) => executions.some((execution) => execution.states[name] !== undefined));
  const none = view.executions ? 'The state machine was not executed yet' : 'Unknown while the AWS API does not run';
  return runMatrix({
    title: 'State',
    rows: entered.map(({ name }) => name),
    columns: executions.map((execution) => ({ ...execution, cells: execution.states })),
    run: 'execution',
    none,
  });
}

function executionTable(executions: readonly ExecutionView[]): Html | undefined {
  if (executions.length === 0) return undefined;
  return stackingTable(
    ['Started', 'Result', 'Time', 'Execution', 'Path', 'Reason'],
    executions.map(({ id, startedAt, status, durationMs, path, reason }) => [
      formatTime(startedAt, 'seconds'),
      status,
      formatDuration(durationMs),
      id,
      path.join(', '),
      reason ?? '',
    ]),
    [2],
  );
}
