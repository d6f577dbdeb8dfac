import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';
import { sendSignal } from '@lakewright/process';
import { connectEngine, type SailServer, type SparkConnectEngine, startSail } from '../../src/engine';

/** A running Sail and a folder, both of one test file. Read the properties inside tests and hooks only. */
export interface SailFixture {
  /** One session, connected before the first test. */
  readonly engine: SparkConnectEngine;
  readonly port: number;
  /** Scratch folder of the test file. */
  readonly folder: string;
  /** `<folder>/lake`, which exists. */
  readonly lake: string;
  /** Another session on the same server, closed after the last test. */
  connect(): Promise<SparkConnectEngine>;
  /** Kills the server with SIGKILL; nothing happens when it has ended already. */
  kill(): void;
  /** Kills the server and starts it again on the same port: every session is lost. */
  restart(): Promise<void>;
  /** What the server has written. */
  log(): string;
}

/**
 * Starts one Sail for the test file that calls it (at the top level or in a `describe`), on a free port and in a folder of its own,
 * and stops it after the last test.
 *
 * @param env settings of the server, e.g. `AWS_ENDPOINT`; a function is called when the server starts
 */
export function withSail(env: Record<string, string> | (() => Record<string, string>) = {}): SailFixture {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-sail-'));
  const logFile = join(folder, 'sail.log');
  const lake = join(folder, 'lake');
  const engines: SparkConnectEngine[] = [];
  let server: SailServer;

  const start = async (port?: number) => {
    const settings = typeof env === 'function' ? env() : env;
    server = await startSail({ python: pythonExecutable(projectRoot()), port, env: settings, logFile, cwd: folder });
  };
  const connect = async () => {
    const engine = await connectEngine({ port: server.port });
    engines.push(engine);
    return engine;
  };
  const kill = () => void sendSignal(server.pid, 'SIGKILL');

  beforeAll(async () => {
    mkdirSync(lake, { recursive: true });
    await start();
    await connect();
  });
  afterAll(async () => {
    for (const engine of engines) await engine.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    removeLinksTo(folder);
  });

  return {
    get engine() {
      return engines[0]!;
    },
    get port() {
      return server.port;
    },
    folder,
    lake,
    connect,
    kill,
    restart: async () => {
      kill();
      await server.stop();
      await start(server.port);
    },
    log: () => readFileSync(logFile, 'utf8'),
  };
}

/** The links that `deltaAddress` made for folders whose names are odd. */
function removeLinksTo(folder: string): void {
  for (const entry of readdirSync(tmpdir(), { withFileTypes: true })) {
    if (!entry.isSymbolicLink() || !entry.name.startsWith('lakewright-')) continue;
    const link = join(tmpdir(), entry.name);
    if (readlinkSync(link).startsWith(folder)) unlinkSync(link);
  }
}
