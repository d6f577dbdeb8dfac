import { readFileSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import type { DatasetView, PipelineSource, PipelineView, UpdateView } from '@lakewright/dashboard';
import {
  buildGraph,
  type Dataset,
  type Graph,
  parsePipeline,
  readEvents,
  type SqlSource,
  type UpdateProgress,
  updateProgress,
} from '@lakewright/lakeflow';
import { PipelineFolder } from '@lakewright/lakeflow/pipeline-folder';
import { lockHolder } from '@lakewright/process';
import type { LocalContext } from '../../context';
import { withLake } from '../../lake/with-lake';
import { workspaceFile } from '../../workspace/files';
import { type DeployedPipeline, pipelines, readPipeline } from '../../workspace/pipelines';

const KINDS = {
  streaming_table: 'streaming table',
  materialized_view: 'materialized view',
  temporary_view: 'view',
} as const;

/** The deployed pipelines for their pages: graph from the deployed files, last update from the event log, rows from the lake. */
export function pipelineSource(context: LocalContext): PipelineSource {
  return {
    list: async () =>
      pipelines(context.paths)
        .keys()
        .map((name) => ({ id: name, name })),
    view: async (id) => {
      const pipeline = readPipeline(context.paths, id);
      const graph = graphOf(context, pipeline);
      const progress = updateProgress(graph, readEvents(context.paths.lake, pipeline));
      const { lock } = new PipelineFolder(context.paths.lake, pipeline.catalog, pipeline.name);
      return pipelineView(pipeline.name, graph, progress, {
        alive: lockHolder(lock)?.alive === true,
        rows: await rowsOf(context, graph),
      });
    },
  };
}

export interface Surroundings {
  /** Whether a process is at an update right now. */
  readonly alive: boolean;
  /** Rows by `schema.name`; a table that is not there has none. */
  readonly rows: ReadonlyMap<string, number>;
}

/** A pipeline as its page shows it: what it reads from elsewhere first, then its datasets. Pure. */
export function pipelineView(name: string, graph: Graph, progress: UpdateProgress, { alive, rows }: Surroundings): PipelineView {
  const sources = new Map<string, DatasetView>();
  const edges = graph.edges.map(({ from, to, streaming }) => ({ from, to, streaming }));
  for (const dataset of graph.datasets) {
    for (const { source, streaming } of sourcesOf(dataset)) {
      sources.set(source.id, source);
      const drawn = edges.some(({ from, to }) => from === source.id && to === dataset.id);
      if (!drawn) edges.push({ from: source.id, to: dataset.id, streaming });
    }
  }
  const own = graph.datasets.map((dataset) => datasetView(dataset, progress, rows));
  return { id: name, name, ...updateOf(progress, alive), datasets: [...sources.values(), ...own], edges };
}

function updateOf({ update }: UpdateProgress, alive: boolean): { readonly update?: UpdateView } {
  if (!update) return {};
  return { update: update.status === 'running' && !alive ? { ...update, status: 'broken off' } : update };
}

function datasetView(dataset: Dataset, progress: UpdateProgress, rows: ReadonlyMap<string, number>): DatasetView {
  const name = dataset.table ? `${dataset.table.schema}.${dataset.table.name}` : dataset.id;
  const base = { id: dataset.id, name, kind: KINDS[dataset.kind] };
  const found = progress.datasets.find((each) => each.dataset === name);
  if (!found) return { ...base, rowsWritten: 0, rowsDropped: 0, expectations: [] };
  const { dataset: _, ...facts } = found;
  return { ...base, ...facts, ...(rows.has(name) && { rows: rows.get(name) }) };
}

/** What a dataset reads that its pipeline does not make. */
function sourcesOf(dataset: Dataset): readonly { readonly source: DatasetView; readonly streaming: boolean }[] {
  return dataset.flows.flatMap(({ reads }) =>
    reads.flatMap(({ read, external }) => {
      const nothing = { rowsWritten: 0, rowsDropped: 0, expectations: [] };
      if (read.kind === 'files') {
        return [{ source: { id: `files:${read.path}`, name: read.path, kind: 'files', ...nothing }, streaming: read.streaming }];
      }
      if (!external) return [];
      const name = `${external.catalog}.${external.schema}.${external.name}`;
      return [{ source: { id: `table:${name}`, name, kind: 'table', ...nothing }, streaming: read.streaming }];
    }),
  );
}

function graphOf(context: LocalContext, { files, configuration, catalog, schema }: DeployedPipeline): Graph {
  const sources = files.map((path): SqlSource => ({ path, text: readFileSync(workspaceFile(context.paths, path), 'utf8') }));
  return buildGraph(parsePipeline(sources, configuration), { catalog, schema });
}

/** None while the engine does not answer: the picture is worth showing all the same. */
async function rowsOf(context: LocalContext, graph: Graph): Promise<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  try {
    await withLake(context, async (lake) => {
      const present = new Map(lake.tables().map((table) => [`${table.catalog}.${table.schema}.${table.name}`, table]));
      for (const { table } of graph.datasets) {
        const found = table && present.get(`${table.catalog}.${table.schema}.${table.name}`);
        if (found) rows.set(`${found.schema}.${found.name}`, await lake.countRows(found));
      }
    });
  } catch (error) {
    if (!(error instanceof LakewrightError)) throw error;
  }
  return rows;
}
