import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment, freePorts, projectRoot } from '@lakewright/config';
import { findMariaDb } from '@lakewright/local/mariadb-binaries';
import { asRoot, makeData, placed } from '@lakewright/local/mariadb-data';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { type Connection, createConnection } from 'mysql2/promise';

const SOCKET = 's.sock';
const ADMINISTRATOR = 'a password of the administrator';
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
  private readonly server = findMariaDb(projectRoot());

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly extra: readonly string[],
  ) {}

  static async start(folder: string, extra: readonly string[] = []): Promise<TestDatabase> {
    const [port] = await freePorts(1);
    const database = new TestDatabase(folder, port!, extra);
    mkdirSync(folder, { recursive: true });
    makeData(database.server, join(folder, 'data'));
    await database.up();
    await database.makeAdministrator();
    const connection = await database.connect();
    await connection.query("CREATE USER dms@'%' IDENTIFIED BY 'a password of DMS'");
    await connection.query("GRANT REPLICATION SLAVE, REPLICATION CLIENT, SELECT ON *.* TO dms@'%'");
    await connection.query('CREATE DATABASE shop CHARACTER SET utf8mb4');
    await connection.end();
    return database;
  }

  /** Whoever runs the test comes in by the socket, and by no other way. */
  private async makeAdministrator(): Promise<void> {
    const connection = await createConnection({ socketPath: join(this.folder, 'data', SOCKET), user: userInfo().username });
    await connection.query("CREATE USER admin@'%' IDENTIFIED BY ?", [ADMINISTRATOR]);
    await connection.query("GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION");
    await connection.end();
  }

  /** Starts the server, also again after `kill`. */
  async up(): Promise<void> {
    const own = [
      `--datadir=${join(this.folder, 'data')}`,
      `--socket=${SOCKET}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
    ];
    const log = openSync(`${this.folder}.log`, 'a');
    this.child = spawn(
      this.server.server,
      [
        '--no-defaults',
        ...placed(this.server),
        ...asRoot(),
        ...own,
        ...LOGGED,
        ...FAST,
        '--default-time-zone=+02:00',
        ...this.extra,
      ],
      { stdio: ['ignore', log, log], env: childEnvironment() },
    );
    closeSync(log);
    killWithThisProcess(this.child);
    for (let tries = 0; !(await listens(this.port)); tries += 1) {
      if (tries > 300 || this.child.exitCode !== null)
        throw new Error(`the server did not start: ${readFileSync(`${this.folder}.log`, 'utf8')}`);
      await sleep(50);
    }
  }

  /** A connection of the administrator. */
  async connect(database?: string): Promise<Connection> {
    const secure = this.extra.some((option) => option.startsWith('--ssl-cert'));
    return createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'admin',
      password: ADMINISTRATOR,
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

/** Whether a server takes connections there. */
async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
