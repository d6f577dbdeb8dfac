import { readFileSync } from 'node:fs';
import { EXIT, LakewrightError } from '@lakewright/config';
import { splitStatements, type WrittenQuery } from '@lakewright/lakeflow/dialect';
import { connectEngine, type QueryResult } from '@lakewright/lakeflow/engine';
import { Lakehouse } from '@lakewright/lakeflow/lakehouse';
import type { LocalContext } from '../context';

/** Rows of one table. */
export interface TableRows {
  /** `catalog.schema.table` */
  readonly table: string;
  readonly rows: number;
}

/** Opens the lake for as long as the action takes, in a session of its own; the signal interrupts what it is at. */
export async function withLake<T>(
  context: LocalContext,
  action: (lake: Lakehouse) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const engine = await connectEngine({ port: context.ports.engine });
  const end = () => void engine.close();
  signal?.addEventListener('abort', end, { once: true });
  try {
    signal?.throwIfAborted();
    return await action(new Lakehouse({ root: context.paths.lake, engine }));
  } finally {
    signal?.removeEventListener('abort', end);
    await engine.close();
  }
}

/**
 * Runs one SQL statement on the lake; tables as `catalog.schema.table`.
 *
 * @throws EngineError ENGINE_SQL, ENGINE_UNAVAILABLE when the services do not run
 */
export function query(context: LocalContext, sql: string): Promise<QueryResult> {
  return withLake(context, (lake) => lake.query(sql));
}

/** A statement of a file and what it gave. */
export interface StatementResult extends QueryResult {
  readonly statement: string;
}

/**
 * The statements of a file, each with its place.
 *
 * @throws LakewrightError LOCAL_NO_FILE (exit 2), LAKEFLOW_SYNTAX with file, line and column
 */
export function readStatements(path: string): readonly WrittenQuery[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LakewrightError('LOCAL_NO_FILE', `${path} cannot be read`, {
      hint: 'name a file of SQL statements',
      exitCode: EXIT.usage,
      cause,
    });
  }
  return splitStatements(text, path);
}

export interface QueryAllOptions {
  /** Who asks. @default the administrator of the metastore */
  readonly principal?: string;
  /** Interrupts the statement that is running, and runs no other. */
  readonly signal?: AbortSignal;
}

/**
 * Runs statements one after the other in one session, telling each result as it comes.
 *
 * @throws LakewrightError what `query` throws, with file, line and column
 */
export async function queryAll(
  context: LocalContext,
  statements: readonly WrittenQuery[],
  tell: (result: StatementResult) => void,
  options: QueryAllOptions = {},
): Promise<void> {
  const ask = async (lake: Lakehouse) => {
    for (const { text, location } of statements) tell({ statement: text, ...(await lake.query(text, location)) });
  };
  await withLake(context, ask, options.signal);
}

/** The number of rows of every table and view, of one catalog or of all. */
export function tableRows(context: LocalContext, catalog?: string): Promise<TableRows[]> {
  return withLake(context, async (lake) => {
    const counts: TableRows[] = [];
    for (const table of lake.tables()) {
      if (catalog !== undefined && table.catalog !== catalog) continue;
      counts.push({ table: `${table.catalog}.${table.schema}.${table.name}`, rows: await lake.countRows(table) });
    }
    return counts;
  });
}
