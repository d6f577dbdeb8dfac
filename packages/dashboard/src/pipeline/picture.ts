import { formatDuration, formatNumber } from '../format';
import { type BoxLine, drawing } from '../graph/drawing';
import type { Html } from '../page/html';
import type { DatasetView, PipelineView } from './view';

/** Expectations that are written into a box; the table below the picture has all. */
const MOST_EXPECTATIONS = 3;

/** The graph of a pipeline from its sources on the left to what nobody reads on the right. */
export function picture(view: PipelineView): Html {
  const { name, datasets, edges } = view;
  return drawing({
    of: 'pipeline',
    box: 'dataset',
    summary: `Graph of the pipeline ${name}: ${datasets.length} datasets and sources, ${edges.length} reads`,
    boxes: datasets.map((each) => ({ id: each.id, name: each.name, status: each.status ?? 'source', lines: linesOf(each) })),
    edges: edges.map(({ from, to, streaming }) => ({ from, to, ...(streaming && { style: 'streaming' }) })),
  });
}

function linesOf(dataset: DatasetView): readonly BoxLine[] {
  const lines: BoxLine[] = [
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
