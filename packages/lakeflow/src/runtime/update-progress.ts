import type { Dataset, Graph } from '../sql';
import type { ExpectationCount, PipelineEvent } from './event-log';
import { displayName } from './update-context';

/** How a dataset stands in an update. `never` when no update has met it; `unchanged` when the update had nothing new for it. */
export interface DatasetProgress {
  readonly dataset: string;
  readonly status: 'never' | 'waiting' | 'running' | 'refreshed' | 'unchanged' | 'failed' | 'skipped';
  readonly rowsWritten: number;
  readonly rowsDropped: number;
  readonly durationMs?: number;
  /** Summed over the flows. */
  readonly expectations: readonly ExpectationCount[];
  /** Why it failed or was skipped. */
  readonly reason?: string;
}

/** The last update of a pipeline as its event log tells it. An update whose process died stays `running`: ask for its lock. */
export interface UpdateProgress {
  readonly update?: {
    readonly id: string;
    readonly status: 'running' | 'completed' | 'failed';
    /** ISO time. */
    readonly startedAt: string;
    readonly durationMs?: number;
  };
  /** Of the datasets that are tables, in the order of the graph. */
  readonly datasets: readonly DatasetProgress[];
}

type Draft = { -readonly [Field in keyof DatasetProgress]: DatasetProgress[Field] };

/** What the events say of the last update of a pipeline. Pure: the same events give the same answer. */
export function updateProgress(graph: Graph, events: readonly PipelineEvent[]): UpdateProgress {
  const begun = events.findLastIndex(({ type }) => type === 'update_started');
  const start = events[begun];
  const last = start ? events.slice(begun).filter(({ update }) => update === start.update) : [];
  const finished = last.find((event) => event.type === 'update_finished');
  const datasets = graph.datasets.filter(({ table }) => table !== undefined).map((dataset) => progressOf(dataset, last));
  for (const dataset of datasets) {
    if (start && dataset.status === 'never') dataset.status = finished ? 'unchanged' : 'waiting';
  }
  if (!start) return { datasets };
  const status = finished?.type === 'update_finished' ? finished.status : 'running';
  const durationMs = finished?.type === 'update_finished' ? finished.durationMs : undefined;
  return {
    update: { id: start.update, status, startedAt: start.timestamp, ...(durationMs === undefined ? {} : { durationMs }) },
    datasets,
  };
}

function progressOf(dataset: Dataset, events: readonly PipelineEvent[]): Draft {
  const name = displayName(dataset);
  const draft: Draft = { dataset: name, status: 'never', rowsWritten: 0, rowsDropped: 0, expectations: [] };
  for (const event of events) if ('dataset' in event && event.dataset === name) add(draft, event);
  return draft;
}

function add(draft: Draft, event: PipelineEvent): void {
  switch (event.type) {
    case 'dataset_started':
      draft.status = 'running';
      return;
    case 'flow_progress':
      draft.rowsWritten += event.rowsWritten;
      draft.rowsDropped += event.rowsDropped;
      return;
    case 'expectations':
      draft.expectations = sumOf([...draft.expectations, ...event.expectations]);
      return;
    case 'dataset_refreshed':
      draft.status = 'refreshed';
      draft.durationMs = event.durationMs;
      return;
    case 'dataset_skipped':
      draft.status = 'skipped';
      draft.reason = `${event.because} failed`;
      return;
    case 'error':
      draft.status = 'failed';
      draft.reason = `${event.code}: ${event.message}`;
      return;
  }
}

/** One entry an expectation, in the order in which they come. */
function sumOf(counts: readonly ExpectationCount[]): readonly ExpectationCount[] {
  const byName = new Map<string, ExpectationCount>();
  for (const count of counts) {
    const before = byName.get(count.name);
    byName.set(count.name, {
      ...count,
      passed: count.passed + (before?.passed ?? 0),
      failed: count.failed + (before?.failed ?? 0),
    });
  }
  return [...byName.values()];
}
