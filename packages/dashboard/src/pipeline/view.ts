/** How a dataset stands in the last update of its pipeline. `never`: no update has met it yet. */
export type DatasetStatus = 'never' | 'waiting' | 'running' | 'refreshed' | 'unchanged' | 'failed' | 'skipped';

/** Rows of the last update that an expectation judged. */
export interface ExpectationView {
  readonly name: string;
  readonly action: 'warn' | 'drop' | 'fail';
  readonly passed: number;
  readonly failed: number;
}

/** What is drawn as one box. */
export interface DatasetView {
  readonly id: string;
  /** `silver.listings`; for a source its path or its name. */
  readonly name: string;
  /** `streaming table`, `materialized view`, `view`, `files`, `table`. */
  readonly kind: string;
  /** Absent for what the pipeline only reads. */
  readonly status?: DatasetStatus;
  /** Rows that it holds now. */
  readonly rows?: number;
  /** Of the last update. */
  readonly rowsWritten: number;
  readonly rowsDropped: number;
  readonly durationMs?: number;
  readonly expectations: readonly ExpectationView[];
  /** Why it failed or was skipped. */
  readonly reason?: string;
}

/** `running` ends as one of the others; `broken off` is an update whose process died. */
export type UpdateStatus = 'running' | 'completed' | 'failed' | 'broken off';

export interface UpdateView {
  readonly id: string;
  readonly status: UpdateStatus;
  /** ISO time. */
  readonly startedAt: string;
  readonly durationMs?: number;
}

/** A pipeline with its last update: all that its page shows. */
export interface PipelineView {
  /** Unique among the pipelines that are served. */
  readonly id: string;
  readonly name: string;
  readonly update?: UpdateView;
  readonly datasets: readonly DatasetView[];
  /** Datasets that read each other, by id. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly streaming: boolean }[];
}
