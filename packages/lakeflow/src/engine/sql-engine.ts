/** A column of a result, with its type as Spark writes it (`bigint`, `struct<a:int>`, `timestamp`). */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/**
 * Rows of a query as plain values: bigint for BIGINT, string for DECIMAL (exact), ISO-8601 UTC strings for TIMESTAMP and
 * `YYYY-MM-DD` for DATE, Uint8Array for BINARY, arrays, objects for STRUCT and MAP, null.
 */
export interface QueryResult {
  readonly columns: readonly Column[];
  readonly rows: readonly Record<string, unknown>[];
}

/** A relation given to the engine by its files rather than by SQL; paths are absolute file paths or `s3://` addresses. */
export interface FileRelation {
  readonly format: 'text' | 'json' | 'csv' | 'parquet' | 'delta';
  readonly paths: readonly string[];
  /** DDL of the columns; inferred by the engine when left out. */
  readonly schema?: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** Rows held in memory, sent to the engine as one Arrow batch. Values as in `QueryResult`. */
export interface LocalRelation {
  /** DDL of the columns, e.g. `value STRING, file_size BIGINT`. */
  readonly schema: string;
  readonly rows: readonly Record<string, unknown>[];
}

/** Whose words an engine needs: `src/dialect` makes queries fit for Sail; Apache Spark takes them nearly as they are. */
export type Dialect = 'sail' | 'spark';

/**
 * The port to the engine that runs SQL (Sail by default, Apache Spark as the second). One session a value; statements of one
 * session may run concurrently. ANSI mode and UTC are set on every session.
 */
export interface SqlEngine {
  readonly dialect: Dialect;
  /** Runs one statement and returns its rows (none for a command). */
  sql(statement: string): Promise<QueryResult>;
  /** Runs one statement and discards its rows. */
  execute(statement: string): Promise<void>;
  /** The columns that a query would return, without running it. */
  describe(query: string): Promise<readonly Column[]>;
  /** Makes (or replaces) a temporary view over files. Every path must exist: a missing one is an error, never an empty result. */
  createFileView(name: string, relation: FileRelation): Promise<void>;
  /** Makes (or replaces) a temporary view over rows held here. */
  createLocalView(name: string, relation: LocalRelation): Promise<void>;
  /**
   * Appends the rows of a query to a Delta folder in one commit, creating the table if need be.
   * `userMetadata` lands in the commit's info, so that a crash can be told from a commit.
   */
  appendDelta(query: string, location: string, userMetadata: string): Promise<void>;
  /**
   * Names the session on the server. Another name than before means that the server was started again or dropped the session, and
   * with it every view and table registered there: their owners register them again.
   */
  session(): Promise<string>;
  /** Number of statements and commands sent so far: "asked for no job" is testable. */
  readonly statements: number;
  close(): Promise<void>;
}
