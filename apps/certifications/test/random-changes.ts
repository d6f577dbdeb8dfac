import type { Connection } from 'mysql2/promise';
import { type Random, random } from '../../../test/support/random';

const USERS = 40;
const AWARDS = 120;

/** Transactions of the application: users come, go and change their keys, certifications are awarded and taken back; some are rolled back. */
export async function changeAtRandom(
  connection: Connection,
  { seed, transactions }: { readonly seed: number; readonly transactions: number },
): Promise<void> {
  const next = random(seed);
  for (let done = 0; done < transactions; done += 1) {
    await connection.beginTransaction();
    for (let left = 1 + next(5); left > 0; left -= 1) await connection.query(statement(next));
    await (next(8) === 0 ? connection.rollback() : connection.commit());
  }
}

function statement(next: Random): string {
  // Beyond the keys of the first rows, which stay as they are.
  const user = 100 + next(USERS);
  const award = 1000 + next(AWARDS);
  const name = ['Zoë', "O'Brien", '李 雷', 'Fatima 🌙', 'van der Berg'][next(5)]!;
  const day = `20${String(20 + next(6))}-${String(1 + next(12)).padStart(2, '0')}-${String(1 + next(28)).padStart(2, '0')}`;
  // What a foreign key or a unique one forbids is left out.
  const statements = [
    `INSERT INTO users (id, name, email, country, birthday) VALUES (${user}, ${text(name)}, 'u${user}@example.com', '${['DE', 'FR', 'JP'][next(3)]}', ${next(3) === 0 ? 'NULL' : `'${day}'`})
       ON DUPLICATE KEY UPDATE name = VALUES(name), country = VALUES(country), birthday = VALUES(birthday)`,
    `UPDATE users SET name = ${text(`${name} ${next(100)}`)}, country = 'NL' WHERE id BETWEEN ${user} AND ${user + 2}`,
    `UPDATE IGNORE users SET id = ${100 + next(USERS)} WHERE id = ${user}`,
    `DELETE IGNORE FROM users WHERE id = ${user}`,
    `INSERT IGNORE INTO certifications_awarded (id, user_id, certification_id, awarded_on, expires_on, score)
       VALUES (${award}, ${user}, ${1 + next(7)}, '${day}', ${next(2) === 0 ? 'NULL' : `'${day}'`}, ${next(4) === 0 ? 'NULL' : `${next(999)}.${next(100)}`})`,
    `UPDATE IGNORE certifications_awarded SET score = ${next(999)}.5, user_id = ${user} WHERE id BETWEEN ${award} AND ${award + 3}`,
    `UPDATE IGNORE certifications_awarded SET id = ${1000 + next(AWARDS)} WHERE id = ${award}`,
    `DELETE FROM certifications_awarded WHERE id = ${award}`,
    `UPDATE certifications SET price = price + 0.01, details = '{"seats":${next(100)},"note":"häh ${next(10)}"}' WHERE id = ${1 + next(7)}`,
    `UPDATE vendors SET website = 'https://example.com/${next(100)}' WHERE id = ${1 + next(4)}`,
  ];
  return statements[next(statements.length)]!;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
