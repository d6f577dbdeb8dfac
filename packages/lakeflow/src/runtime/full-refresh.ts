import { LakewrightError } from '@lakewright/config';
import { readIfThere, removeDurably, writeDurably } from '../durable-file';
import type { Dataset, DatasetId, Graph } from '../sql';
import { readCheckpoint } from './checkpoint';
import type { PipelineFolder } from './pipeline-folder';
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
   * @throws LakewrightError LAKEFLOW_FULL_REFRESH for a name that is no table of the pipeline, and when a streaming table would
   *   be left that reads a refreshed one (its rows came from the old one)
   */
  static prepare(folder: PipelineFolder, graph: Graph, requested: 'all' | readonly string[]): FullRefresh {
    const wanted =
      requested === 'all' ? graph.datasets.filter(({ table }) => table) : requested.map((name) => findDataset(graph, name));
    const ids = new Set(wanted.map(({ id }) => id));
    for (const dataset of graph.datasets) validateReader(graph, dataset, ids);
    const stored = JSON.parse(readIfThere(folder.refresh) ?? '{}') as Due;
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

function generationOf(folder: PipelineFolder, { table }: Dataset): number {
  return table ? readCheckpoint(folder.dataset(table)).generation : 0;
}

function findDataset(graph: Graph, name: string): Dataset {
  const wanted = name.toLowerCase().split('.');
  const found = graph.datasets.filter(
    ({ table, id }) => table && id.split('.').slice(-wanted.length).join('.') === wanted.join('.'),
  );
  const [first, second] = found;
  if (first && !second) return first;
  const names = graph.datasets.filter(({ table }) => table).map(displayName);
  throw new LakewrightError('LAKEFLOW_FULL_REFRESH', `${name} names ${first ? 'several tables' : 'no table'} of the pipeline`, {
    hint: `its tables are ${names.join(', ')}`,
  });
}

/** Rows that were read from a table which is made anew would be read twice, or be gone. */
function validateReader(graph: Graph, dataset: Dataset, refreshed: ReadonlySet<DatasetId>): void {
  if (dataset.kind !== 'streaming_table' || refreshed.has(dataset.id)) return;
  const source = streamedDatasets(graph, dataset).find((id) => refreshed.has(id));
  if (source === undefined) return;
  const tables = new Map(graph.datasets.map((each) => [each.id, displayName(each)]));
  throw new LakewrightError(
    'LAKEFLOW_FULL_REFRESH',
    `${displayName(dataset)} streams from ${tables.get(source)}, which is to be refreshed fully`,
    {
      hint: `refresh ${displayName(dataset)} as well`,
    },
  );
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
