import type { SourceLocation } from '@lakewright/config';

/** A SQL source file of a pipeline. `path` is what errors show. */
export interface SqlSource {
  readonly path: string;
  readonly text: string;
}

/** A piece of SQL with the place it came from. */
export interface SqlFragment {
  readonly text: string;
  readonly location: SourceLocation;
}

/** A name of one to three parts, quoted parts already unquoted: `gold.current_listings`. */
export interface QualifiedName {
  readonly parts: readonly string[];
  readonly location: SourceLocation;
}

export type ViolationAction = 'warn' | 'drop' | 'fail';

/** `CONSTRAINT name EXPECT (condition) [ON VIOLATION ...]`. */
export interface Expectation {
  readonly name: string;
  readonly condition: SqlFragment;
  readonly action: ViolationAction;
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
  /** Half-open range of characters in the query's text that the reference (with STREAM) takes; aliases not included. */
  readonly range: readonly [number, number];
}
export interface FileRead {
  readonly kind: 'files';
  /** First argument: the folder or glob, parameters already put in. */
  readonly path: string;
  /** Named arguments, lower-case names, values as text. */
  readonly options: Readonly<Record<string, string>>;
  readonly streaming: boolean;
  readonly location: SourceLocation;
  readonly range: readonly [number, number];
}
export type QueryRead = TableRead | FileRead;

/** A query: its text with parameters put in, and everything it reads (names of its own CTEs left out). */
export interface Query extends SqlFragment {
  readonly reads: readonly QueryRead[];
}

/** AUTO CDC: from a streaming source into a target. */
export interface AutoCdc {
  readonly source: TableRead | FileRead;
  readonly keys: readonly string[];
  /** Expressions over the columns of the source. */
  readonly sequenceBy: SqlFragment;
  readonly applyAsDeleteWhen?: SqlFragment;
  /** Columns of the target: everything, a list, or everything except a list. */
  readonly columns: { readonly kind: 'all' } | { readonly kind: 'list' | 'except'; readonly names: readonly string[] };
  readonly scdType: 1 | 2;
  /** Columns whose change opens a version (SCD 2). */
  readonly trackHistory: { readonly kind: 'all' } | { readonly kind: 'list' | 'except'; readonly names: readonly string[] };
}

interface DatasetBase {
  readonly name: QualifiedName;
  readonly columns: readonly ColumnSpec[];
  readonly expectations: readonly Expectation[];
  readonly comment?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly clusterBy: readonly string[];
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
/** `CREATE FLOW name AS AUTO CDC INTO target ...`. */
export interface AutoCdcFlow {
  readonly kind: 'auto_cdc_flow';
  readonly name: QualifiedName;
  readonly target: QualifiedName;
  readonly cdc: AutoCdc;
  readonly location: SourceLocation;
}
/** `CREATE FLOW name AS INSERT INTO target BY NAME SELECT ...`. */
export interface AppendFlow {
  readonly kind: 'append_flow';
  readonly name: QualifiedName;
  readonly target: QualifiedName;
  readonly query: Query;
  readonly location: SourceLocation;
}
export type Statement = StreamingTable | MaterializedView | TemporaryView | AutoCdcFlow | AppendFlow;
