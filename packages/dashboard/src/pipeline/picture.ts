import { Graph, layout } from '@dagrejs/dagre';
import { formatDuration, formatNumber } from '../format';
import { type Html, html } from '../page/html';
import type { DatasetView, PipelineView } from './view';

/** All lengths in pixels of the drawing. */
const LINE = 18;
const PADDING = 12;
const CHARACTER = 7.4;
const WIDTHS = { least: 190, most: 340 };
/** Expectations that are written into a box; the table below the picture has all. */
const MOST_EXPECTATIONS = 3;

interface Line {
  readonly text: string;
  readonly style: 'kind' | 'name' | 'fact' | 'violated' | 'reason';
}

/** The graph of a pipeline from its sources on the left to what nobody reads on the right, laid out by dagre. */
export function picture(view: PipelineView): Html {
  const boxes = new Map(view.datasets.map((dataset) => [dataset.id, linesOf(dataset)]));
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 56, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, lines] of boxes) graph.setNode(id, sizeOf(lines));
  for (const { from, to } of view.edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return html`<svg class="pipeline" role="img" aria-label="${summary(view)}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${view.edges.map(({ from, to, streaming }) => edge(graph.edge(from, to).points ?? [], streaming))}
${view.datasets.map((dataset) => box(dataset, boxes.get(dataset.id)!, graph.node(dataset.id) as Box))}
</svg>`;
}

interface Box {
  /** Of the middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function linesOf(dataset: DatasetView): readonly Line[] {
  const lines: Line[] = [
    { text: [dataset.kind, dataset.status].filter(Boolean).join(' · '), style: 'kind' },
    { text: dataset.name, style: 'name' },
  ];
  const facts = [
    dataset.rows === undefined ? undefined : `${formatNumber(dataset.rows)} ${dataset.rows === 1 ? 'row' : 'rows'}`,
    dataset.rowsWritten > 0 ? `+${formatNumber(dataset.rowsWritten)}` : undefined,
    dataset.rowsDropped > 0 ? `${formatNumber(dataset.rowsDropped)} dropped` : undefined,
    dataset.durationMs === undefined ? undefined : formatDuration(dataset.durationMs),
  ].filter((fact) => fact !== undefined);
  if (facts.length > 0) lines.push({ text: facts.join(' · '), style: 'fact' });
  for (const { name, passed, failed } of dataset.expectations.slice(0, MOST_EXPECTATIONS)) {
    const judged = passed + failed;
    const text =
      failed === 0
        ? `${name}: all of ${formatNumber(judged)}`
        : `${name}: ${formatNumber(failed)} of ${formatNumber(judged)} fail`;
    lines.push({ text, style: failed === 0 ? 'fact' : 'violated' });
  }
  const more = dataset.expectations.length - MOST_EXPECTATIONS;
  if (more > 0) lines.push({ text: `and ${more} more`, style: 'fact' });
  if (dataset.reason !== undefined) lines.push({ text: dataset.reason, style: 'reason' });
  return lines;
}

function sizeOf(lines: readonly Line[]): { readonly width: number; readonly height: number } {
  const longest = Math.max(...lines.filter(({ style }) => style !== 'reason').map(({ text }) => text.length));
  const width = Math.min(WIDTHS.most, Math.max(WIDTHS.least, Math.ceil(longest * CHARACTER) + 2 * PADDING));
  return { width, height: lines.length * LINE + 2 * PADDING };
}

function box(dataset: DatasetView, lines: readonly Line[], { x, y, width, height }: Box): Html {
  const letters = Math.floor((width - 2 * PADDING) / CHARACTER);
  const texts = lines.map(
    ({ text, style }, index) =>
      html`<text class="${style}" x="${PADDING}" y="${PADDING + 13 + index * LINE}">${shorten(text, letters)}</text>`,
  );
  const place = `translate(${(x - width / 2).toFixed(1)} ${(y - height / 2).toFixed(1)})`;
  return html`<g class="dataset ${dataset.status ?? 'source'}" data-dataset="${dataset.name}" transform="${place}">
<title>${[dataset.name, ...lines.filter(({ style }) => style !== 'name').map(({ text }) => text)].join('\n')}</title>
<rect width="${width}" height="${height}" rx="8"/>${texts}</g>
`;
}

function edge(points: readonly { readonly x: number; readonly y: number }[], streaming: boolean): Html {
  const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  return html`<path class="edge${streaming ? ' streaming' : ''}" d="${path}" marker-end="url(#arrow)"/>
`;
}

function shorten(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

function summary({ name, datasets, edges }: PipelineView): string {
  return `Graph of the pipeline ${name}: ${datasets.length} datasets and sources, ${edges.length} reads`;
}
