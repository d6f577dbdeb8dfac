import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { childEnvironment } from '@lakewright/config';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { EngineError } from './engine-error';
import { SparkConnectChannel } from './spark-connect-channel';

export interface SailOptions {
  /** The interpreter of the environment that has `pysail`. */
  readonly python: string;
  /** @default a free port */
  readonly port?: number;
  /** Loopback only: the engine runs any SQL for anybody who can reach it. @default '127.0.0.1' */
  readonly host?: '127.0.0.1' | '::1' | 'localhost';
  /** Added to this process's environment: `AWS_ENDPOINT`, keys, `SAIL_*` settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the server writes what it says; appended to. */
  readonly logFile: string;
  /** @default this process's folder */
  readonly cwd?: string;
  /** The server outlives this process: end it later by its pid, with SIGTERM. @default false: it is killed when this process exits */
  readonly detached?: boolean;
  /** How long it may take to answer, in milliseconds. @default 30 s */
  readonly timeout?: number;
}

export interface SailServer {
  readonly pid: number;
  readonly port: number;
  /** SIGTERM, and SIGKILL after five seconds. Returns when the process has ended; does nothing when it already has. */
  stop(): Promise<void>;
}

const LOG_LINES = 20;

/** Settings of the server that an environment may override. A session that idles out loses its views in silence, so none does. */
const SETTINGS: Readonly<Record<string, string>> = {
  SAIL_SPARK__SESSION_TIMEOUT_SECS: String(365 * 24 * 3600),
  RUST_LOG: 'warn',
};

/**
 * Starts a Sail server (`pysail`) and waits until it answers gRPC.
 *
 * @throws EngineError ENGINE_START when the port is taken, Python or pysail is missing, or it ends before it answers; the message ends with
 * the last lines of its log
 */
export async function startSail(options: SailOptions): Promise<SailServer> {
  const host = options.host ?? '127.0.0.1';
  const port = await bindable(host, options.port ?? 0);
  const log = openSync(options.logFile, 'a');
  const child = spawn(
    options.python,
    ['-m', 'pysail', 'spark', 'server', '--ip', host === 'localhost' ? '127.0.0.1' : host, '--port', `${port}`],
    {
      cwd: options.cwd,
      env: childEnvironment({ ...SETTINGS, ...options.env }),
      stdio: ['ignore', log, log],
      detached: options.detached ?? false,
    },
  );
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`));
  });
  const server: SailServer = { pid: child.pid ?? 0, port, stop: () => endChild(child) };
  await answering(server, host, ended, options);
  if (options.detached) child.unref();
  else killWithThisProcess(child);
  return server;
}

/** The port, when nobody listens on it. Sail itself would only log that it is taken. */
function bindable(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause) => {
      reject(
        new EngineError('ENGINE_START', `the SQL engine cannot listen on ${host}:${port}`, {
          hint: 'another process has the port: stop it, or give the engine another one',
          cause,
        }),
      );
    });
    probe.listen({ host, port }, () => {
      const { port: bound } = probe.address() as { port: number };
      probe.close(() => resolve(bound));
    });
  });
}

async function answering(server: SailServer, host: string, ended: Promise<string>, options: SailOptions): Promise<void> {
  const channel = new SparkConnectChannel(host, server.port, 'health');
  const timeout = options.timeout ?? 30_000;
  try {
    const outcome = await Promise.race([
      ended,
      channel.ready(timeout).then(
        () => undefined,
        () => `it did not answer within ${timeout / 1000} s`,
      ),
    ]);
    if (outcome === undefined) return;
    await server.stop();
    throw new EngineError('ENGINE_START', `the SQL engine did not start: ${outcome}\n${lastLines(options.logFile)}`.trimEnd(), {
      hint: `the whole log is ${options.logFile}; pysail belongs to the project's Python environment (npm ci makes it)`,
    });
  } finally {
    channel.close();
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n');
}
