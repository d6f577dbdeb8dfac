import { EngineError, type SqlEngine } from '../../src/engine';

/** What an engine makes of a query: types and rows as text, or that it fails. */
export type Answer =
  | { readonly types: readonly string[]; readonly rows: readonly string[] }
  /** `why` is for people: messages of two engines are not compared. */
  | { readonly error: string };

/**
 * Asks one engine one query. Rows are sorted: few queries promise an order. Intervals and VARIANT, which have no plain value, are
 * compared as the text that the engine makes of them.
 */
export async function ask(engine: SqlEngine, sql: string): Promise<Answer> {
  try {
    return await rowsOf(engine, sql);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code === 'ENGINE_UNAVAILABLE') throw error;
    if (error.code === 'ENGINE_TYPE') return askAsText(engine, sql);
    return { error: error.message.split('\n')[0] ?? '' };
  }
}

async function rowsOf(engine: SqlEngine, sql: string): Promise<Answer> {
  const { columns, rows } = await engine.sql(sql);
  return { types: columns.map(({ type }) => type), rows: rows.map((row) => JSON.stringify(Object.values(row), plain)).sort() };
}

async function askAsText(engine: SqlEngine, sql: string): Promise<Answer> {
  try {
    const types = (await engine.describe(sql)).map(({ type }) => type);
    const names = types.map((_, index) => `c${index}`);
    const list = types.map((type, index) => (/interval|variant/.test(type) ? `CAST(c${index} AS STRING)` : `c${index}`));
    const answer = await rowsOf(engine, `SELECT ${list.join(', ')} FROM (${sql}) AS t(${names.join(', ')})`);
    return 'error' in answer ? answer : { types, rows: answer.rows };
  } catch (error) {
    if (error instanceof EngineError) return { error: error.message.split('\n')[0] ?? '' };
    throw error;
  }
}

/** Values of JSON; what JSON lacks as text. The last digits of a DOUBLE depend on the order of the additions. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(12)) : String(value);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  return value;
}

/** Whether two answers say the same. Two failures do. */
export function agree(one: Answer, other: Answer): boolean {
  if ('error' in one || 'error' in other) return 'error' in one && 'error' in other;
  return JSON.stringify(one) === JSON.stringify(other);
}
