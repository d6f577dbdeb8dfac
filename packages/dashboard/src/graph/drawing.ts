import { Graph, layout } from '@dagrejs/dagre';
import { type Html, html } from '../page/html';

/** All lengths in pixels of the drawing. */
const LINE = 18;
const PADDING = 12;
const CHARACTER = 7.4;
const MARGIN = 4;
const WIDTHS = { least: 190, most: 340 };

/** A line of text in a box; the style is a class. */
export interface BoxLine {
  readonly text: string;
  readonly style: 'kind' | 'name' | 'fact' | 'violated' | 'reason';
}

export interface DrawnBox {
  readonly id: string;
  readonly name: string;
  /** How it stands: a class. */
  readonly status: string;
  readonly lines: readonly BoxLine[];
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  /** A class beside `edge`. */
  readonly style?: string;
  /** Written at its middle. */
  readonly label?: string;
}

/** A graph of boxes from left to right, laid out by dagre. */
export interface DrawnGraph {
  /** What it is the graph of: a class of the drawing. */
  readonly of: 'pipeline' | 'job' | 'machine';
  /** What each box is: its class, and the attribute `data-<box>` with its name. */
  readonly box: 'dataset' | 'task' | 'state';
  /** What the picture shows, for who does not see it. */
  readonly summary: string;
  readonly boxes: readonly DrawnBox[];
  readonly edges: readonly DrawnEdge[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The point is the middle. */
interface Place extends Point {
  readonly width: number;
  readonly height: number;
}

/** A wider drawing keeps its size and scrolls, since nobody could read it shrunk to a card. */
const SHRINKS_TO = 1600;

export function drawing({ of, box, summary, boxes, edges }: DrawnGraph): Html {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 56, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, lines } of boxes) graph.setNode(id, sizeOf(lines));
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const drawn = edges.map((edge) => ({ edge, points: (graph.edge(edge.from, edge.to).points ?? []) as readonly Point[] }));
  // A line back may run outside of what the boxes take.
  const heights = drawn.flatMap(({ points }) => points.map(({ y }) => y));
  const top = Math.floor(Math.min(0, ...heights.map((y) => y - MARGIN)));
  const bottom = Math.ceil(Math.max(height, ...heights.map((y) => y + MARGIN)));
  const [w, h] = [Math.ceil(width), bottom - top];
  const size = w > SHRINKS_TO ? 'graph wide' : 'graph';
  return html`<svg class="${size} ${of}" role="img" aria-label="${summary}" width="${w}" height="${h}" viewBox="0 ${top} ${w} ${h}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${drawn.map(({ edge, points }) => drawnEdge(edge, points))}
${boxes.map((each) => drawnBox(box, each, graph.node(each.id) as Place))}
</svg>`;
}

function sizeOf(lines: readonly BoxLine[]): { readonly width: number; readonly height: number } {
  const longest = Math.max(...lines.filter(({ style }) => style !== 'reason').map(({ text }) => text.length));
  const width = Math.min(WIDTHS.most, Math.max(WIDTHS.least, Math.ceil(longest * CHARACTER) + 2 * PADDING));
  return { width, height: lines.length * LINE + 2 * PADDING };
}

function drawnBox(box: DrawnGraph['box'], { name, status, lines }: DrawnBox, { x, y, width, height }: Place): Html {
  const letters = Math.floor((width - 2 * PADDING) / CHARACTER);
  const texts = lines.map(
    ({ text, style }, index) =>
      html`<text class="${style}" x="${PADDING}" y="${PADDING + 13 + index * LINE}">${shorten(text, letters)}</text>`,
  );
  const place = `translate(${(x - width / 2).toFixed(1)} ${(y - height / 2).toFixed(1)})`;
  return html`<g class="${box} ${status}" data-${box}="${name}" transform="${place}">
<title>${[name, ...lines.filter(({ style }) => style !== 'name').map(({ text }) => text)].join('\n')}</title>
<rect width="${width}" height="${height}" rx="8"/>${texts}</g>
`;
}

function drawnEdge({ style, label }: DrawnEdge, points: readonly Point[]): Html {
  const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  const middle = points[Math.floor(points.length / 2)];
  const text =
    label && middle
      ? html`<text class="label" x="${middle.x.toFixed(1)}" y="${(middle.y - 5).toFixed(1)}">${label}</text>`
      : undefined;
  return html`<path class="edge${style ? ` ${style}` : ''}" d="${path}" marker-end="url(#arrow)"/>${text}
`;
}

/** Of a path, the end tells one from another; of anything else, the beginning. */
function shorten(text: string, letters: number): string {
  if (text.length <= letters) return text;
  return text.includes('/') ? `…${text.slice(1 - letters)}` : `${text.slice(0, letters - 1)}…`;
}
