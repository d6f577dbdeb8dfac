import type { Connection } from 'mysql2/promise';
import type { Random } from '../../../../test/support/random';
import type { TestDatabase } from './mariadb';
import { createTable, EVERY_TYPE, foldedRows, sourceRows, type TestColumn } from './types-table';

interface WorkloadTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly TestColumn[];
  readonly definition: string;
}

const COUNTERS: readonly TestColumn[] = [
  { name: 'n', type: 'INT', compare: 'text' },
  { name: 'at', type: 'TIMESTAMP(6) NULL', compare: 'moment' },
];
const PAIRS: readonly TestColumn[] = [{ name: 'value', type: 'DECIMAL(12,4)', compare: 'text' }];

/** Tables of the workload: one with a column of every type, one narrow, one whose key has two columns, the second not first in order. */
export const TABLES: readonly WorkloadTable[] = [
  { name: 'everything', key: ['id'], columns: EVERY_TYPE, definition: createTable('everything', EVERY_TYPE) },
  {
    name: 'counters',
    key: ['id'],
    columns: COUNTERS,
    definition: createTable('counters', COUNTERS, 'id INT NOT NULL PRIMARY KEY'),
  },
  {
    name: 'pairs',
    key: ['a', 'b'],
    columns: PAIRS,
    definition: 'CREATE TABLE pairs (`value` DECIMAL(12,4), a INT NOT NULL, b VARCHAR(20) NOT NULL, PRIMARY KEY (a, b))',
  },
];
const KEYS = 400;

/** Transactions of random changes; the same seed and count give the same ones. */
export class Workload {
  constructor(
    private readonly connection: Connection,
    private readonly random: Random,
  ) {}

  async run(transactions: number, go: () => boolean = () => true): Promise<number> {
    let done = 0;
    for (; done < transactions && go(); done += 1) await this.transaction();
    return done;
  }

  private async transaction(): Promise<void> {
    const statements = Array.from({ length: 1 + this.random(6) }, () => this.statement());
    if (this.random(8) === 0)
      statements.splice(this.random(statements.length), 0, 'SAVEPOINT s', this.statement(), 'ROLLBACK TO SAVEPOINT s');
    const end = this.random(10) === 0 ? 'ROLLBACK' : 'COMMIT';
    await this.connection.query(['BEGIN', ...statements, end].join('; '));
  }

  private statement(): string {
    const table = this.random(3);
    if (table === 0) return this.everything();
    return table === 1 ? this.counters() : this.pairs();
  }

  private everything(): string {
    const id = 1 + this.random(KEYS);
    const kind = this.random(5);
    if (kind === 0) return `DELETE FROM everything WHERE id = ${id}`;
    if (kind === 1) return `UPDATE IGNORE everything SET id = ${1 + this.random(KEYS)} WHERE id = ${id}`;
    if (kind === 2) {
      const column = EVERY_TYPE[this.random(EVERY_TYPE.length)]!;
      return `UPDATE everything SET \`${column.name}\` = ${this.value(column)} WHERE id BETWEEN ${id} AND ${id + 3}`;
    }
    const row = (key: number) => `(${[String(key), ...EVERY_TYPE.map((column) => this.value(column))].join(', ')})`;
    return `REPLACE INTO everything VALUES ${row(id)}, ${row(1 + this.random(KEYS))}`;
  }

  private counters(): string {
    const id = this.random(KEYS);
    const kind = this.random(4);
    if (kind === 0) return `DELETE FROM counters WHERE id BETWEEN ${id} AND ${id + this.random(5)}`;
    if (kind === 1) return `UPDATE IGNORE counters SET id = id + ${1 + this.random(20)} WHERE id = ${id}`;
    const rows = Array.from({ length: 1 + this.random(20) }, (_, index) => `(${id + index}, ${this.random(1000)}, NOW(6))`);
    return `INSERT INTO counters VALUES ${rows.join(', ')} ON DUPLICATE KEY UPDATE n = n + 1, at = NOW(6)`;
  }

  private pairs(): string {
    const [a, b] = [this.random(20), `'k${this.random(20)}'`];
    const kind = this.random(4);
    if (kind === 0) return `DELETE FROM pairs WHERE a = ${a} AND b = ${b}`;
    if (kind === 1) return `UPDATE IGNORE pairs SET b = 'k${this.random(20)}' WHERE a = ${a} AND b = ${b}`;
    return `REPLACE INTO pairs VALUES (${this.random(1_000_000) / 10_000}, ${a}, ${b})`;
  }

  /** A value of a type, as SQL has it; sometimes NULL, sometimes one at an edge. */
  private value({ type }: TestColumn): string {
    if (this.random(8) === 0) return 'NULL';
    const bits = Number(INTEGER_BITS[type.split(/[ (]/)[0]!] ?? 0);
    if (bits > 0) return this.integer(bits, type.includes('UNSIGNED'));
    const bytes = (most: number) => `x'${Array.from({ length: this.random(most) }, () => HEX[this.random(256)]).join('')}'`;
    const words = (most: number) =>
      `'${Array.from({ length: this.random(most) }, () => LETTERS[this.random(LETTERS.length)]).join('')}'`;
    const two = (below: number, from = 0) => String(from + this.random(below)).padStart(2, '0');
    const date = () => (this.random(12) === 0 ? '0000-00-00' : `${1000 + this.random(9000)}-${two(12, 1)}-${two(28, 1)}`);
    const clock = () => `${two(24)}:${two(60)}:${two(60)}.${String(this.random(1_000_000)).padStart(6, '0')}`;
    if (type.startsWith('DECIMAL'))
      return `${type.includes('UNSIGNED') || this.random(2) ? '' : '-'}${this.random(1000)}.${this.random(1_000_000)}`;
    if (type === 'FLOAT' || type === 'DOUBLE')
      return `${this.random(2) ? '-' : ''}${this.random(1_000_000)}.${this.random(1000)}e${this.random(30) - 15}`;
    if (type === 'YEAR') return String(1901 + this.random(255));
    if (type.startsWith('BIT')) return type === 'BIT(1)' ? `b'${this.random(2)}'` : `b'${this.random(4096).toString(2)}'`;
    if (type === 'DATE') return `'${date()}'`;
    if (type.startsWith('DATETIME')) return `'${date()} ${clock()}'`;
    if (type.startsWith('TIMESTAMP')) return `'${1971 + this.random(66)}-${two(12, 1)}-${two(28, 1)} ${clock()}'`;
    if (type.startsWith('TIME')) return `'${this.random(2) ? '-' : ''}${this.random(838)}:${clock().slice(3)}'`;
    if (type.startsWith('ENUM')) return `'${['low', 'middle', 'häh'][this.random(3)]}'`;
    if (type.startsWith('SET')) return String(this.random(512));
    if (type === 'JSON') return `'{"n": ${this.random(1000)}, "text": "häh 😀"}'`;
    if (type === 'POINT') return `ST_GeomFromText('POINT(${this.random(90)} -${this.random(90)})')`;
    if (type.startsWith('VARCHAR') && type.includes('latin1')) return `'caf\u00e9 \u20ac${this.random(1000)}'`;
    if (/BINARY|BLOB/.test(type)) return bytes(type.startsWith('BINARY') ? 9 : 40);
    return words(type === 'CHAR(10)' ? 10 : 50);
  }

  private integer(bits: number, unsigned: boolean): string {
    const most = 2n ** BigInt(unsigned ? bits : bits - 1) - 1n;
    const least = unsigned ? 0n : -most - 1n;
    const edge = this.random(10);
    if (edge < 2) return String(edge === 0 ? most : least);
    return String((BigInt(this.random(2 ** 31)) * BigInt(this.random(2 ** 31))) % (most + 1n));
  }
}

const INTEGER_BITS: Readonly<Record<string, number>> = { TINYINT: 8, SMALLINT: 16, MEDIUMINT: 24, INT: 32, BIGINT: 64 };
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const LETTERS = ['a', 'b', 'z', ' ', 'é', 'ß', '中', '😀', '0', '-'];

/** What differs between the source and the fold of the files, a line a table; nothing when they are equal. */
export async function differences(database: TestDatabase, bucket: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name, key, columns } of TABLES) {
    const wanted = (await sourceRows(database, name, key, columns)).map((row) => JSON.stringify(row));
    const got = new Set(foldedRows(bucket, name, key, columns).map((row) => JSON.stringify(row)));
    const missing = wanted.filter((row) => !got.delete(row));
    if (missing.length > 0 || got.size > 0)
      found.push(`${name}: not in the files ${missing[0] ?? ''}; only in the files ${[...got][0] ?? ''}`);
  }
  return found;
}
