import type { SourceLocation } from '@lakewright/config';

/** A SQL source file of a pipeline. `path` is what errors show. */
export interface SqlSource {
  readonly path: string;
  readonly text: string;
}

/** Values of the pipeline's `configuration`, put in for `${name}`. */
export type Parameters = Readonly<Record<string, string>>;

/** A piece of SQL, parameters already put in, with the place where it begins. Begins and ends with a token, never a comment. */
export interface SqlFragment {
  readonly text: string;
  readonly location: SourceLocation;
}

/** A name of one to three parts as written, quoted parts already unquoted: `gold.current_listings`. */
export interface QualifiedName {
  readonly parts: readonly string[];
  readonly location: SourceLocation;
}

export type ViolationAction = 'warn' | 'drop' | 'fail';

/**
 * `CONSTRAINT name EXPECT (condition) [ON VIOLATION ...]`. A row violates it unless the condition is true: false and NULL alike
 * (see `expectationHolds` for why).
 */
export interface Expectation {
  readonly name: string;
  /** Without the parentheses; columns are those of the dataset. */
  readonly condition: SqlFragment;
  readonly action: ViolationAction;
  readonly location: SourceLocation;
}

/** A column in the parenthesised list of a table, when it declares one. */
export interface ColumnSpec {
  readonly name: string;
  /** Type as written; absent when only the name (and a comment) is given. */
  readonly type?: string;
  readonly notNull?: boolean;
  readonly comment?: string;
  readonly location: SourceLocation;
}

/** What a query reads. */
export interface TableRead {
  readonly kind: 'table';
  readonly name: QualifiedName;
  /** `STREAM(name)` or `STREAM name`: read incrementally. */
  readonly streaming: boolean;
  /** Whether an alias follows; without one the columns may be qualified by the table's own name. */
  readonly aliased: boolean;
  readonly watermark?: Watermark;
  /** Half-open range of characters in the query's text that the reference (with STREAM) takes; aliases not included. */
  readonly range: readonly [number, number];
}
export interface FileRead {
  readonly kind: 'files';
  /** First argument: the folder or glob, parameters already put in. */
  readonly path: string;
  /** Named arguments, lower-case names; values as text: strings unquoted, numbers and booleans as written. */
  readonly options: Readonly<Record<string, string>>;
  readonly streaming: boolean;
  readonly watermark?: Watermark;
  readonly location: SourceLocation;
  readonly range: readonly [number, number];
}

/** `WATERMARK expression [AS column] DELAY OF interval` behind a stream ("WATERMARK clause", docs.databricks.com). */
export interface Watermark {
  readonly column: string;
  /** What the column is computed by; absent for a column that is there. */
  readonly expression?: SqlFragment;
  /** `INTERVAL ...`, as SQL. */
  readonly delay: string;
}

/** The SELECT of a query that aggregates a stream: its groups are given when the watermark has passed them. */
export interface WindowedSelect {
  /** Half-open ranges in the query's text: of the SELECT, and of its select list. */
  readonly range: readonly [number, number];
  readonly listEnd: number;
  readonly watermark: Watermark;
  /** SQL of what the watermark must reach before a group is complete: the end of a window, or the time itself. */
  readonly closesAt: string;
  /** SQL of the length of a window; absent where groups are single times. */
  readonly length?: string;
}
export type QueryRead = TableRead | FileRead;

/**
 * A query: its text with parameters put in, and everything it reads, in the order of the text (names of its own CTEs left out).
 * `replaceReads` tells what stands in their place.
 */
export interface Query extends SqlFragment {
  readonly reads: readonly QueryRead[];
  /** Set for an aggregate over a stream; there is then one read. */
  readonly windowed?: WindowedSelect;
}

/** AUTO CDC: from a streaming source into a target. */
export interface AutoCdc {
  /** A streaming read, unless the flow runs once. Its `range` is relative to the text of the source alone: `[0, length]`. */
  readonly source: QueryRead;
  readonly keys: readonly string[];
  /** Expressions over the columns of the source. */
  readonly sequenceBy: SqlFragment;
  readonly applyAsDeleteWhen?: SqlFragment;
  /** An event for which it is true empties the target (SCD 1 only). */
  readonly applyAsTruncateWhen?: SqlFragment;
  /** Columns whose nulls leave the value as it is; absent when nulls are values. */
  readonly ignoreNullUpdates?: ColumnSelection;
  /** Columns of the target: everything, a list, or everything except a list. */
  readonly columns: ColumnSelection;
  /** @default 1 when the statement does not say */
  readonly scdType: 1 | 2;
  /** Columns whose change opens a version (SCD 2). */
  readonly trackHistory: ColumnSelection;
}
export type ColumnSelection = { readonly kind: 'all' } | { readonly kind: 'list' | 'except'; readonly names: readonly string[] };

interface DatasetBase {
  readonly name: QualifiedName;
  readonly columns: readonly ColumnSpec[];
  readonly expectations: readonly Expectation[];
  readonly comment?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly clusterBy: readonly string[];
  /** `PRIVATE`: only the pipeline itself reads it, and it is in no catalog. */
  readonly private?: true;
  readonly location: SourceLocation;
}
/** `CREATE OR REFRESH STREAMING TABLE`; without a query it is filled by flows. */
export interface StreamingTable extends DatasetBase {
  readonly kind: 'streaming_table';
  readonly query?: Query;
}
export interface MaterializedView extends DatasetBase {
  readonly kind: 'materialized_view';
  readonly query: Query;
}
export interface TemporaryView extends DatasetBase {
  readonly kind: 'temporary_view';
  readonly query: Query;
}
/**
 * `CREATE FLOW name AS AUTO CDC INTO target ...`. The inline form `CREATE STREAMING TABLE t FLOW AUTO CDC ...` and the older
 * `APPLY CHANGES INTO t ...` give one too, named after the target; the inline form is a streaming table without a query before it.
 */
export interface AutoCdcFlow {
  readonly kind: 'auto_cdc_flow';
  readonly name: QualifiedName;
  readonly target: QualifiedName;
  readonly cdc: AutoCdc;
  /** `AUTO CDC ONCE INTO`: runs once, and again only with a full refresh of its target. */
  readonly once?: true;
  readonly location: SourceLocation;
}
/** `CREATE FLOW name AS INSERT INTO target BY NAME SELECT ...`; `CREATE STREAMING TABLE t FLOW INSERT BY NAME ...` likewise. */
export interface AppendFlow {
  readonly kind: 'append_flow';
  readonly name: QualifiedName;
  readonly target: QualifiedName;
  readonly query: Query;
  /** `INSERT ONCE INTO`: runs once, and again only with a full refresh of its target. */
  readonly once?: true;
  readonly location: SourceLocation;
}
export type DatasetStatement = StreamingTable | MaterializedView | TemporaryView;
export type Statement = StreamingTable | MaterializedView | TemporaryView | AutoCdcFlow | AppendFlow;
