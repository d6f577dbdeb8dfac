import { LakewrightError } from '@lakewright/config';
import { readIfThere, removeDurably, writeDurably } from '../durable-file';
import type { Dataset, DatasetId, Graph } from '../sql';
import { readCheckpoint } from './checkpoint';
import type { PipelineFolder } from './pipeline-folder';
import { findDataset } from './selection';
import { displayName } from './update-context';

/** Generations that datasets will have once their full refresh is in. */
type Due = Readonly<Record<DatasetId, number>>;

/**
 * The full refreshes that are due. They are written down before the first one begins, so that after a crash the next update
 * completes them: a table half of whose readers were refreshed is nobody's wish.
 */
export class FullRefresh {
  private constructor(
    private readonly folder: PipelineFolder,
    private readonly due: Due,
  ) {}

  /**
   * A table with `pipelines.reset.allowed = false` is never made anew: with `all` it is brought up to date like in any update
   * ("Pipeline properties reference", docs.databricks.com).
   *
   * @throws LakewrightError LAKEFLOW_FULL_REFRESH for a name that is no table of the pipeline, for a table that must not be reset,
   *   and when a streaming table would be left that reads a refreshed one (its rows came from the old one)
   */
  static prepare(folder: PipelineFolder, graph: Graph, requested: 'all' | readonly string[]): FullRefresh {
    const wanted =
      requested === 'all'
        ? graph.datasets.filter((dataset) => dataset.table && mayReset(dataset))
        : requested.map((name) => findDataset(graph, name, 'LAKEFLOW_FULL_REFRESH'));
    for (const dataset of wanted) validateReset(dataset);
    const ids = new Set(wanted.map(({ id }) => id));
    for (const dataset of graph.datasets) validateReader(graph, dataset, ids);
    const guarded = new Set(graph.datasets.filter((dataset) => !mayReset(dataset)).map(({ id }) => id));
    const written = JSON.parse(readIfThere(folder.refresh) ?? '{}') as Due;
    const stored = Object.fromEntries(Object.entries(written).filter(([id]) => !guarded.has(id)));
    const asked = wanted.map((dataset) => [dataset.id, generationOf(folder, dataset) + 1] as const);
    const due = { ...stored, ...Object.fromEntries(asked) };
    if (asked.length > 0) writeDurably(folder.refresh, `${JSON.stringify(due)}\n`);
    return new FullRefresh(folder, due);
  }

  isDue(dataset: Dataset): boolean {
    const generation = this.due[dataset.id];
    return generation !== undefined && generationOf(this.folder, dataset) < generation;
  }

  /** Forgets what was done; what failed stays due. */
  complete(datasets: readonly Dataset[]): void {
    const known = new Map(datasets.map((dataset) => [dataset.id, dataset]));
    const left = Object.entries(this.due).filter(([id]) => {
      const dataset = known.get(id);
      return dataset !== undefined && this.isDue(dataset);
    });
    if (left.length === 0) removeDurably(this.folder.refresh);
    else writeDurably(this.folder.refresh, `${JSON.stringify(Object.fromEntries(left))}\n`);
  }
}

/** The property that keeps a table from being reset. */
const RESET_ALLOWED = 'pipelines.reset.allowed';

/** Whether a full refresh may empty the table. */
export function mayReset({ statement }: Dataset): boolean {
  const found = Object.entries(statement.properties).find(([name]) => name.toLowerCase() === RESET_ALLOWED);
  return found?.[1].toLowerCase() !== 'false';
}

function validateReset(dataset: Dataset): void {
  if (mayReset(dataset)) return;
  throw new LakewrightError(
    'LAKEFLOW_FULL_REFRESH',
    `${displayName(dataset)} must not be refreshed fully: ${RESET_ALLOWED} is false`,
    {
      location: dataset.statement.location,
      hint: 'leave it out of the full refresh, or remove the property (what its sources no longer have is then lost)',
    },
  );
}

function generationOf(folder: PipelineFolder, { table }: Dataset): number {
  return table ? readCheckpoint(folder.dataset(table)).generation : 0;
}

/** Rows that were read from a table which is made anew would be read twice, or be gone. */
function validateReader(graph: Graph, dataset: Dataset, refreshed: ReadonlySet<DatasetId>): void {
  if (dataset.kind !== 'streaming_table' || refreshed.has(dataset.id)) return;
  const source = streamedDatasets(graph, dataset).find((id) => refreshed.has(id));
  if (source === undefined) return;
  const tables = new Map(graph.datasets.map((each) => [each.id, displayName(each)]));
  const hint = mayReset(dataset)
    ? `refresh ${displayName(dataset)} as well`
    : `${displayName(dataset)} must not be reset (${RESET_ALLOWED} = false): give ${tables.get(source)} the same property, or name the tables to refresh`;
  const message = `${displayName(dataset)} streams from ${tables.get(source)}, which is to be refreshed fully`;
  throw new LakewrightError('LAKEFLOW_FULL_REFRESH', message, { hint });
}

/** Datasets that a table reads as streams, through temporary views. */
function streamedDatasets(graph: Graph, dataset: Dataset): readonly DatasetId[] {
  return dataset.flows.flatMap(({ reads }) =>
    reads.flatMap(({ dataset: id, read }) => {
      if (id === undefined) return [];
      const source = graph.datasets.find((each) => each.id === id);
      if (source?.kind === 'temporary_view') return streamedDatasets(graph, source);
      return read.streaming ? [id] : [];
    }),
  );
}
