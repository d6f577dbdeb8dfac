import { escapeId } from 'mysql2';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Row, Upserts } from './payload';

/** What a run of upserts did to one table: rows written and rows gone. */
export interface Changed {
  readonly upserted: number;
  readonly deleted: number;
}

/** Rows of different columns are different statements: a column left out takes its default. */
export async function insertRows(connection: Connection, table: string, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const columns = Object.keys(row);
    await connection.query(
      `INSERT INTO ${escapeId(table)} (${columns.map((column) => escapeId(column)).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      Object.values(row).map(asParameter),
    );
  }
}

/**
 * Applies changes as one transaction: rows by their primary key, new ones in, known ones changed, named ones gone. Applying them again
 * changes nothing.
 *
 * @returns by table what was asked for and found to differ
 */
export async function applyUpserts(connection: Connection, { changes }: Upserts): Promise<Record<string, Changed>> {
  const changed: Record<string, Changed> = {};
  await connection.beginTransaction();
  try {
    for (const { table, upsert, delete: gone } of changes) {
      const before = changed[table] ?? { upserted: 0, deleted: 0 };
      let { upserted, deleted } = before;
      for (const row of upsert) upserted += await upsertRow(connection, table, row);
      for (const key of gone) deleted += await deleteRow(connection, table, key);
      changed[table] = { upserted, deleted };
    }
    await connection.commit();
    return changed;
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

/** 1 for a row that was inserted or changed, 0 for one that was so already. */
async function upsertRow(connection: Connection, table: string, row: Row): Promise<number> {
  const key = await primaryKey(connection, table);
  const where = `${escapeId(table)} WHERE ${whereKey(key, row)} FOR UPDATE`;
  const [found] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM ${where}`, keyOf(key, row));
  if (found.length === 0) {
    await insertRows(connection, table, [row]);
    return 1;
  }
  const changes = Object.entries(row).filter(([column]) => !key.includes(column));
  if (changes.length === 0) return 0;
  const [{ changedRows }] = await connection.query<ResultSetHeader & { changedRows: number }>(
    `UPDATE ${escapeId(table)} SET ${changes.map(([column]) => `${escapeId(column)} = ?`).join(', ')} WHERE ${whereKey(key, row)}`,
    [...changes.map(([, value]) => asParameter(value)), ...keyOf(key, row)],
  );
  return changedRows;
}

async function deleteRow(connection: Connection, table: string, row: Row): Promise<number> {
  const key = await primaryKey(connection, table);
  const sql = `DELETE FROM ${escapeId(table)} WHERE ${whereKey(key, row)}`;
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(sql, keyOf(key, row));
  return affectedRows;
}

async function primaryKey(connection: Connection, table: string): Promise<string[]> {
  const [rows] = await connection.query<(RowDataPacket & { name: string })[]>(
    `SELECT column_name AS name FROM information_schema.key_column_usage
     WHERE table_schema = DATABASE() AND table_name = ? AND constraint_name = 'PRIMARY' ORDER BY ordinal_position`,
    [table],
  );
  if (rows.length === 0) throw new Error(`there is no table ${table} with a primary key: apply initial_configuration.json first`);
  return rows.map(({ name }) => name);
}

function whereKey(key: readonly string[], row: Row): string {
  for (const column of key) {
    if (row[column] === undefined) throw new Error(`a row has no ${column}, which is part of the primary key`);
  }
  return key.map((column) => `${escapeId(column)} = ?`).join(' AND ');
}

function keyOf(key: readonly string[], row: Row): unknown[] {
  return key.map((column) => asParameter(row[column]));
}

/** mysql2 would take an object apart; the database wants the document. */
function asParameter(value: Row[string] | undefined): unknown {
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
}
