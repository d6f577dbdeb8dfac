import { type Html, html } from './html';

/** Columns of sentences: everything else stands on one line. */
const LONG = ['Reason', 'Path'];

/** A table of texts that becomes blocks where it is narrow. Roles are written out: a table that is shown as blocks is none to a browser. */
export function stackingTable(
  titles: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  numeric: readonly number[],
): Html {
  const style = (index: number) =>
    numeric.includes(index) ? html` class="number"` : LONG.includes(titles[index] ?? '') ? undefined : html` class="short"`;
  return html`<table role="table" class="stacking">
<thead role="rowgroup"><tr role="row">${titles.map((title, index) => html`<th scope="col" role="columnheader"${style(index)}>${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map((text, index) => html`<td role="cell" data-label="${titles[index]}"${style(index)}>${text}</td>`)}</tr>`)}</tbody>
</table>`;
}
