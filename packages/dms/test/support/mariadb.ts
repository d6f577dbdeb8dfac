import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { childEnvironment, freePorts } from '@lakewright/config';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { type Connection, createConnection } from 'mysql2/promise';

const LOGGED = [
  '--log-bin=binlog',
  '--server-id=1',
  '--binlog-format=ROW',
  '--binlog-row-image=FULL',
  '--binlog-row-metadata=FULL',
];
const FAST = ['--innodb-flush-log-at-trx-commit=0', '--sync-binlog=0', '--innodb-buffer-pool-size=256M', '--skip-name-resolve'];

/** A MariaDB of a test: a folder and a port of its own, and two accounts, one of them as DMS has it. */
export class TestDatabase {
  private child?: ChildProcess;
  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly extra: readonly string[],
  ) {}

  static async start(folder: string, extra: readonly string[] = []): Promise<TestDatabase> {
    const [port] = await freePorts(1);
    const database = new TestDatabase(folder, port!, extra);
    mkdirSync(folder, { recursive: true });
    const made = spawnSync(
      'mariadb-install-db',
      ['--no-defaults', `--datadir=${join(folder, 'data')}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { encoding: 'utf8', env: childEnvironment() },
    );
    if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stderr} ${made.stdout}`);
    await database.up();
    const connection = await database.connect();
    await connection.query("CREATE USER dms@'%' IDENTIFIED BY 'a password of DMS'");
    await connection.query("GRANT REPLICATION SLAVE, REPLICATION CLIENT, SELECT ON *.* TO dms@'%'");
    await connection.query('CREATE DATABASE shop CHARACTER SET utf8mb4');
    await connection.end();
    return database;
  }

  /** Starts the server, also again after `kill`. */
  async up(): Promise<void> {
    const args = [
      '--no-defaults',
      `--datadir=${join(this.folder, 'data')}`,
      '--socket=s.sock',
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
      ...(userInfo().uid === 0 ? ['--user=root'] : []),
    ];
    this.child = spawn(server(), [...args, ...LOGGED, ...FAST, '--default-time-zone=+02:00', ...this.extra], {
      stdio: ['ignore', 'ignore', openSync(join(this.folder, 'server.log'), 'a')],
      env: childEnvironment(),
    });
    killWithThisProcess(this.child);
    for (let tries = 0; ; tries += 1) {
      try {
        return await (await this.connect()).end();
      } catch (error) {
        if (tries > 150) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** A connection of the administrator. */
  async connect(database?: string): Promise<Connection> {
    const secure = this.extra.some((option) => option.startsWith('--ssl-cert'));
    return createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      database,
      multipleStatements: true,
      charset: 'utf8mb4',
      ssl: secure ? { rejectUnauthorized: false } : undefined,
    });
  }

  /** Runs statements, one after the other. */
  async run(...statements: readonly string[]): Promise<void> {
    const connection = await this.connect('shop');
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    const connection = await this.connect('shop');
    try {
      const [rows] = await connection.query(sql);
      return rows as Record<string, unknown>[];
    } finally {
      await connection.end();
    }
  }

  get secret() {
    return {
      username: 'dms',
      password: 'a password of DMS',
      host: '127.0.0.1',
      port: this.port,
      dbname: 'shop',
      engine: 'mysql',
    };
  }

  async stop(): Promise<void> {
    if (this.child) await endChild(this.child, 20_000);
    this.child = undefined;
  }
}

function server(): string {
  const folders = [...(childEnvironment().PATH ?? '').split(delimiter), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, 'mariadbd')).find(existsSync);
  if (!found) throw new Error('there is no mariadbd on PATH');
  return found;
}
