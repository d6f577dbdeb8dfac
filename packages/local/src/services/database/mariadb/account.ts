import { createHash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { MasterAccount } from '../engines';
import { RETENTION_PROCEDURES } from './procedures';

/** "Master user account privileges" in the RDS user guide, as far as MariaDB has them; not there, as in RDS: SUPER, FILE, SHUTDOWN. */
const PRIVILEGES = [
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES',
  'LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER',
  'EVENT, TRIGGER',
].join(', ');

/**
 * Makes what is missing of them. The server is given the hash of the password alone, so that no statement, and no log of one, has it.
 *
 * @returns whether anything was missing, or another password set
 */
export async function makeAccount(connection: Connection, { username, password, database }: MasterAccount): Promise<boolean> {
  // What RDS does itself is in no binary log.
  await connection.query('SET SESSION sql_log_bin = 0');
  const hash = nativeHash(password);
  const [known] = await connection.query<RowDataPacket[]>(
    'SELECT authentication_string AS hash FROM mysql.user WHERE user = ? AND host = ?',
    [username, '%'],
  );
  const [databases] = await connection.query<RowDataPacket[]>(
    'SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?',
    [database ?? 'mysql'],
  );
  for (const statement of RETENTION_PROCEDURES) await connection.query(statement);
  if (databases.length === 0) await connection.query('CREATE DATABASE ??', [database]);
  if (known[0]?.hash === hash) return databases.length === 0;
  await connection.query('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY PASSWORD ?', [username, '%', hash]);
  await connection.query('ALTER USER ?@? IDENTIFIED BY PASSWORD ?', [username, '%', hash]);
  await connection.query(`GRANT ${PRIVILEGES} ON *.* TO ?@? WITH GRANT OPTION`, [username, '%']);
  return true;
}

/** mysql_native_password: SHA-1 of SHA-1 ("Authentication plugin: mysql_native_password" in MariaDB's documentation). */
function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}

/** Names of parameters that this server does not have. */
export async function unknownParameters(connection: Connection, names: readonly string[]): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT LOWER(variable_name) AS name FROM information_schema.global_variables',
  );
  const known = new Set(rows.map((row) => row.name as string));
  return names.filter((name) => !known.has(name.replaceAll('-', '_')));
}
