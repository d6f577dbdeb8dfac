import { readFileSync } from 'node:fs';
import { EXIT, LakewrightError } from '@lakewright/config';
import { splitStatements, type WrittenQuery } from '@lakewright/lakeflow/dialect';
import type { QueryResult } from '@lakewright/lakeflow/engine';
import { SqlSession } from '../catalog/session';
import type { LocalContext } from '../context';
import { withEngine, withLake } from './with-lake';

/** Rows of one table. */
export interface TableRows {
  /** `catalog.schema.table` */
  readonly table: string;
  readonly rows: number;
}

export interface QueryOptions {
  /** Who asks: a group, a user, the application id or plain name of a service principal. @default the metastore's admin */
  readonly principal?: string;
  /** Interrupts the statement that is running, and runs no other. @default it runs to its end */
  readonly signal?: AbortSignal;
}

/**
 * Runs one SQL statement on the lake; tables as `catalog.schema.table`.
 *
 * @throws DeniedError CATALOG_DENIED for what the principal may not do, LAKEFLOW_UNSUPPORTED for what cannot be told of a principal's
 *   statement; EngineError ENGINE_SQL, ENGINE_UNAVAILABLE when the services do not run
 */
export function query(context: LocalContext, sql: string, options: QueryOptions = {}): Promise<QueryResult> {
  return withSession(context, options, (session) => session.run(sql));
}

function withSession<T>(
  context: LocalContext,
  { principal, signal }: QueryOptions,
  action: (session: SqlSession) => Promise<T>,
): Promise<T> {
  return withEngine(context, (engine) => action(SqlSession.open(context, engine, principal)), signal);
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

/**
 * Runs statements one after the other in one session, telling each result as it comes.
 *
 * @throws LakewrightError what `query` throws, with file, line and column
 */
export async function queryAll(
  context: LocalContext,
  statements: readonly WrittenQuery[],
  tell: (result: StatementResult) => void,
  options: QueryOptions = {},
): Promise<void> {
  await withSession(context, options, async (session) => {
    for (const { text, location } of statements) tell({ statement: text, ...(await session.run(text, location)) });
  });
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
