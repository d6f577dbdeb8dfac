import type { SourceLocation } from '@lakewright/config';
import type { AutoCdc, DatasetStatement, Query, QueryRead } from './ast';

/** A name in Unity Catalog, complete and in lower case (Unity Catalog folds the case of names). */
export interface TableName {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
  /** A private dataset of the pipeline: in no catalog. */
  readonly private?: true;
}

/**
 * Identifies a dataset: `catalog.schema.name`, in lower case; a temporary view is `name` alone, because it lives in its
 * pipeline and in no schema.
 */
export type DatasetId = string;

/** A read of a flow, with what its name means. */
export interface ResolvedRead {
  readonly read: QueryRead;
  /** Set when it is a dataset of this pipeline. */
  readonly dataset?: DatasetId;
  /** Set when it is a table that this pipeline does not define. */
  readonly external?: TableName;
}

interface FlowBase {
  /** The flow's name; a dataset's own query gives a flow of the dataset's name. */
  readonly name: string;
  readonly reads: readonly ResolvedRead[];
  readonly location: SourceLocation;
  /** Runs once, and again only with a full refresh of its target; reads everything as it is. */
  readonly once?: true;
}
/** Rows of a query: appended to a streaming table, the whole content of a materialized view, the definition of a view. */
export interface QueryFlow extends FlowBase {
  readonly kind: 'query';
  readonly query: Query;
}
export interface CdcFlow extends FlowBase {
  readonly kind: 'auto_cdc';
  readonly cdc: AutoCdc;
}
export type Flow = QueryFlow | CdcFlow;

/** A dataset of the pipeline with all that fills it. */
export interface Dataset {
  readonly id: DatasetId;
  readonly kind: DatasetStatement['kind'];
  /** Absent for a temporary view. */
  readonly table?: TableName;
  /** The declaration: columns, expectations, comment, properties. */
  readonly statement: DatasetStatement;
  /** One or more, in the order of the sources. */
  readonly flows: readonly Flow[];
  /** Datasets of this pipeline that its flows read, without repetition. */
  readonly dependencies: readonly DatasetId[];
}

/** One dataset read by another. */
export interface Edge {
  readonly from: DatasetId;
  readonly to: DatasetId;
  /** True when at least one of the reads is `STREAM`. */
  readonly streaming: boolean;
}

export interface Graph {
  /** In an order in which every dataset comes after those it reads; otherwise in the order of the sources. */
  readonly datasets: readonly Dataset[];
  readonly edges: readonly Edge[];
  /** Tables read and not defined here, without repetition. */
  readonly externals: readonly TableName[];
}
