import { escapeId } from 'mysql2';
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import type { Column, Table } from './payload';
import { insertRows } from './rows';

/** Which first rows are in: nobody's business but this function's, so no task replicates it. */
const APPLIED = 'configuration_applied';

/**
 * Creates the tables that are missing and puts the first rows of each in, once: rows that were changed or deleted since do not
 * come back.
 *
 * @returns by table the rows put in now
 */
export async function createTables(connection: Connection, tables: readonly Table[]): Promise<Record<string, number>> {
  await connection.query(
    `CREATE TABLE IF NOT EXISTS ${APPLIED} (table_name VARCHAR(32) PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)`,
  );
  const inserted: Record<string, number> = {};
  for (const table of tables) {
    await connection.query(createTable(table));
    inserted[table.name] = await insertOnce(connection, table);
  }
  return inserted;
}

/** The rows and the note that they are in are one transaction. */
async function insertOnce(connection: Connection, table: Table): Promise<number> {
  await connection.beginTransaction();
  try {
    const sql = `INSERT IGNORE INTO ${APPLIED} (table_name) VALUES (?)`;
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(sql, [table.name]);
    if (affectedRows === 1) await insertRows(connection, table.name, table.rows);
    await connection.commit();
    return affectedRows === 1 ? table.rows.length : 0;
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

function createTable({ name, columns, primary_key: key }: Table): string {
  const parts = [
    ...columns.map(columnDefinition),
    `PRIMARY KEY (${key.map((column) => escapeId(column)).join(', ')})`,
    ...columns.flatMap(({ name: column, references }) =>
      // RESTRICT: what a cascade deletes is in no binary log, and replication would never hear of it.
      references ? [`FOREIGN KEY (${escapeId(column)}) REFERENCES ${escapeId(references)} (id) ON DELETE RESTRICT`] : [],
    ),
  ];
  return `CREATE TABLE IF NOT EXISTS ${escapeId(name)} (${parts.join(', ')}) CHARACTER SET utf8mb4`;
}

function columnDefinition({ name, type, nullable, auto_increment: counts, default: value, on_update: update }: Column): string {
  return [
    escapeId(name),
    type,
    nullable ? 'NULL' : 'NOT NULL',
    ...(counts ? ['AUTO_INCREMENT'] : []),
    ...(value ? [`DEFAULT ${value}`] : []),
    ...(update ? [`ON UPDATE ${update}`] : []),
  ].join(' ');
}
