import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { appendDurably, isMissing, readIfThere } from '../durable-file';
import { PipelineFolder } from './pipeline-folder';

/** What every event carries. */
interface EventBase {
  /** ISO time in UTC. */
  readonly timestamp: string;
  readonly update: string;
}

/** How many rows met an expectation in one batch. */
export interface ExpectationCount {
  readonly name: string;
  readonly action: 'warn' | 'drop' | 'fail';
  readonly passed: number;
  /** Rows for which the condition was not true (false or NULL). */
  readonly failed: number;
}

/** Rows that one run caused; null for rows that name none. */
export interface RunRows {
  readonly run: string | null;
  readonly rows: number;
}

export type PipelineEventBody =
  | {
      readonly type: 'update_started';
      readonly pipeline: string;
      readonly fullRefresh: readonly string[];
      /** The tables that were named, where not all are brought up to date. */
      readonly refresh?: readonly string[];
      /** The run that the update belongs to, where whoever started it said so. */
      readonly run?: string;
    }
  /** There is something new for it, and the work on it begins. */
  | { readonly type: 'dataset_started'; readonly dataset: string }
  | {
      readonly type: 'files_discovered';
      readonly dataset: string;
      readonly flow: string;
      readonly source: string;
      readonly files: number;
      readonly bytes: number;
    }
  | {
      readonly type: 'flow_progress';
      readonly dataset: string;
      readonly flow: string;
      /** Rows that the batch wrote; for AUTO CDC the rows of the backing table that it computed. */
      readonly rowsWritten: number;
      readonly rowsDropped: number;
      readonly durationMs: number;
    }
  | { readonly type: 'runs_read'; readonly dataset: string; readonly flow: string; readonly runs: readonly RunRows[] }
  | {
      readonly type: 'expectations';
      readonly dataset: string;
      readonly flow: string;
      readonly expectations: readonly ExpectationCount[];
    }
  | {
      readonly type: 'dataset_refreshed';
      readonly dataset: string;
      readonly batch: number;
      /** Delta version of the table (of the backing table for AUTO CDC). */
      readonly version: number;
      readonly fullRefresh: boolean;
      readonly durationMs: number;
    }
  /** Windows of an aggregate over a stream that end up to this ISO time are complete. */
  | { readonly type: 'watermark'; readonly dataset: string; readonly flow: string; readonly watermark: string }
  /** A streaming table got columns, or wider types. */
  | {
      readonly type: 'columns_changed';
      readonly dataset: string;
      /** `before` is the former type; null for a column that is new. */
      readonly columns: readonly { readonly name: string; readonly type: string; readonly before: string | null }[];
    }
  | { readonly type: 'batch_recovered'; readonly dataset: string; readonly batch: number; readonly committed: boolean }
  /** A full refresh of everything left the table's rows where they are: `pipelines.reset.allowed` is false. */
  | { readonly type: 'reset_refused'; readonly dataset: string }
  | { readonly type: 'dataset_skipped'; readonly dataset: string; readonly because: string }
  | { readonly type: 'error'; readonly dataset?: string; readonly code: string; readonly message: string }
  | { readonly type: 'update_finished'; readonly status: 'completed' | 'failed'; readonly durationMs: number };

/** A line of the event log. */
export type PipelineEvent = EventBase & PipelineEventBody;

/** Appends to the event log of one update, and tells whoever listens. */
export class EventLog {
  constructor(
    private readonly path: string,
    readonly update: string,
    private readonly listener: (event: PipelineEvent) => void = () => undefined,
  ) {}

  add(body: PipelineEventBody): void {
    const event: PipelineEvent = { timestamp: new Date().toISOString(), update: this.update, ...body };
    appendDurably(this.path, `${endsInside(this.path) ? '\n' : ''}${JSON.stringify(event)}\n`);
    this.listener(event);
  }
}

/**
 * The events of a pipeline, oldest first. A line that a crash cut off is passed over.
 *
 * @param lake the lake's folder
 */
export function readEvents(
  lake: string,
  pipeline: { readonly catalog: string; readonly name: string },
): readonly PipelineEvent[] {
  const text = readIfThere(new PipelineFolder(lake, pipeline.catalog, pipeline.name).events) ?? '';
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as PipelineEvent];
    } catch {
      return [];
    }
  });
}

/** Whether the file ends in the middle of a line. */
function endsInside(path: string): boolean {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 10;
  } finally {
    closeSync(handle);
  }
}
