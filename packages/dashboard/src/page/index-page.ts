import { html } from './html';
import { type StatusFact, shell, statusList } from './shell';

/** The list of dashboards. */
export function indexPage(
  nonce: string,
  dashboards: readonly { readonly id: string; readonly name: string; readonly widgets: number }[],
  facts: readonly StatusFact[],
): string {
  const list =
    dashboards.length === 0
      ? html`<p class="lead">No dashboard is deployed yet.</p>`
      : html`<ul class="dashboards">${dashboards.map(
          ({ id, name, widgets }) =>
            html`<li><a href="/dashboards/${encodeURIComponent(id)}"><strong>${name}</strong><span>${widgets} ${widgets === 1 ? 'widget' : 'widgets'}</span></a></li>`,
        )}</ul>`;
  const body = html`<header class="top"><div class="heading"><p class="brand">Lakewright</p><h1>Dashboards</h1></div>${statusList(facts)}</header>
<main id="content">${list}</main>`;
  return shell({ title: 'Dashboards', body, nonce });
}
