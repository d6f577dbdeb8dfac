import { type Html, html } from './html';
import { type StatusFact, shell, statusList } from './shell';

/** A thing that has a page, with a word about it. */
export interface IndexEntry {
  readonly path: string;
  readonly name: string;
  readonly note: string;
}

/** The list of dashboards, pipelines, jobs and state machines. */
export function indexPage(
  nonce: string,
  entries: {
    readonly dashboards: readonly IndexEntry[];
    readonly pipelines: readonly IndexEntry[];
    readonly jobs: readonly IndexEntry[];
    readonly machines: readonly IndexEntry[];
  },
  facts: readonly StatusFact[],
): string {
  const body = html`<header class="top"><div class="heading"><p class="brand">Lakewright</p><h1>Local workspace</h1></div>${statusList(facts)}</header>
<main id="content"><h2 class="page-title">Dashboards</h2>${list(entries.dashboards, 'No dashboard is deployed yet.')}
<h2 class="page-title">Pipelines</h2>${list(entries.pipelines, 'No pipeline is deployed yet.')}
<h2 class="page-title">Jobs</h2>${list(entries.jobs, 'No job is deployed yet.')}
<h2 class="page-title">State machines</h2>${list(entries.machines, 'No state machine is deployed yet.')}</main>`;
  return shell({ title: 'Local workspace', body, nonce });
}

function list(entries: readonly IndexEntry[], none: string): Html {
  if (entries.length === 0) return html`<p class="lead">${none}</p>`;
  return html`<ul class="dashboards">${entries.map(
    ({ path, name, note }) => html`<li><a href="${path}"><strong>${name}</strong><span>${note}</span></a></li>`,
  )}</ul>`;
}
