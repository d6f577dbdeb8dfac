import type { RunRows } from './event-log';

/** What an update did to one dataset. */
export type DatasetOutcome =
  | { readonly dataset: string; readonly status: 'unchanged' }
  | {
      readonly dataset: string;
      readonly status: 'refreshed';
      /** Delta version of the table; of the backing table for AUTO CDC. */
      readonly version: number;
      readonly rowsWritten: number;
      readonly rowsDropped: number;
    }
  | { readonly dataset: string; readonly status: 'failed'; readonly code: string; readonly message: string }
  /** Something that it reads failed. */
  | { readonly dataset: string; readonly status: 'skipped'; readonly because: string };

/** What an update did. */
export interface UpdateResult {
  /** Identifies the update in the event log. */
  readonly update: string;
  readonly datasets: readonly DatasetOutcome[];
  /** Rows read from files, by the run that caused them; empty without `UpdateOptions.runColumn`. */
  readonly runs: readonly RunRows[];
  readonly durationMs: number;
}
