import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment, LakewrightError, taskEnvironment } from '@lakewright/config';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { SESSION_SETTINGS } from './settings';

/** Where the programs of a Spark for Glue are. */
export interface SparkInstallation {
  /** Its Python (`node tooling/spark.mjs glue`). */
  readonly python: string;
  /** `packages/glue/python`: the shim of awsglue, the session and the job. */
  readonly modules: string;
}

export interface SparkSessionOptions {
  readonly installation: SparkInstallation;
  /** Where the session works and writes its log; private. */
  readonly folder: string;
  readonly s3: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** @default '2g' */
  readonly memory?: string;
}

// A machine that does much else takes minutes; a Spark that fails is seen at once.
const START_MS = 300_000;
const STOP_MS = 20_000;
const LOG_CHARACTERS = 3_000;

/** A Spark that is started for the first job and stays for the next; started again when it has died. */
export class SparkSession {
  private child: ChildProcess | undefined;
  private starting: Promise<string> | undefined;

  constructor(private readonly options: SparkSessionOptions) {}

  /**
   * The file by which a job attaches.
   *
   * @throws LakewrightError GLUE_SESSION with the end of the log
   */
  async ensure(): Promise<string> {
    const { starting } = this;
    if (starting && isRunning(this.child)) {
      const file = await starting;
      // It is removed the moment that Spark dies.
      if (existsSync(file)) return file;
    }
    // Of several runs that find it dead, the first starts it.
    if (!this.starting || this.starting === starting) this.starting = this.start();
    return this.starting;
  }

  /** Ends what a run that was stopped left behind in Spark: a query does not end with the script that asked for it. */
  cancel(run: string): void {
    if (isRunning(this.child)) this.child?.stdin?.write(`${JSON.stringify({ cancel: run })}\n`);
  }

  /** Ends Spark; jobs that are attached fail. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    this.starting = undefined;
    if (!child) return;
    // It ends with its input, and Spark in order; only what does not is told by a signal.
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin?.end();
    if (isRunning(child)) await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
    await endChild(child);
  }

  get logFile(): string {
    return join(this.options.folder, 'session.log');
  }

  private async start(): Promise<string> {
    const { installation, folder } = this.options;
    const sessionFile = join(folder, 'session.json');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(sessionFile, { force: true });
    const log = openSync(this.logFile, 'a');
    const child = spawn(installation.python, ['-m', 'lakewright_glue.session'], {
      cwd: folder,
      env: pythonEnvironment(installation),
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    killWithThisProcess(child);
    this.child = child;
    // A session that dies at once leaves nobody to read: its log says why.
    child.stdin?.on('error', () => {});
    child.stdin?.write(`${JSON.stringify({ conf: this.conf(), secrets: this.secrets(), sessionFile })}\n`);
    const deadline = Date.now() + START_MS;
    while (!existsSync(sessionFile)) {
      if (!isRunning(child) || Date.now() > deadline) throw await this.failure(child);
      await sleep(100);
    }
    return sessionFile;
  }

  private async failure(child: ChildProcess): Promise<LakewrightError> {
    await endChild(child);
    const said = readFileSync(this.logFile, 'utf8').slice(-LOG_CHARACTERS).trim();
    return new LakewrightError('GLUE_SESSION', `Spark for Glue jobs did not start:\n${said}`, {
      hint: 'Java 17 must be on PATH, and the port range of this machine free; lakewright logs glue shows all of it',
    });
  }

  private conf(): Record<string, string> {
    const { s3, folder, memory = '2g' } = this.options;
    return {
      ...SESSION_SETTINGS,
      'spark.driver.memory': memory,
      'spark.local.dir': join(folder, 'local'),
      'spark.sql.warehouse.dir': join(folder, 'warehouse'),
      'spark.hadoop.fs.s3a.endpoint': s3.endpoint,
      'spark.hadoop.fs.s3a.endpoint.region': s3.region,
    };
  }

  /** What must not be on a command line. */
  private secrets(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.options.s3;
    return { 'spark.hadoop.fs.s3a.access.key': accessKeyId, 'spark.hadoop.fs.s3a.secret.key': secretAccessKey };
  }
}

function isRunning(child: ChildProcess | undefined): boolean {
  return child !== undefined && child.exitCode === null && child.signalCode === null;
}

/** For the session and its jobs: nothing of this process but what a program needs, and the Python of the installation first. */
export function pythonEnvironment({ python, modules }: SparkInstallation, path: readonly string[] = []): NodeJS.ProcessEnv {
  const { PATH = '', ...rest } = taskEnvironment();
  const { JAVA_HOME } = childEnvironment();
  return {
    ...rest,
    ...(JAVA_HOME ? { JAVA_HOME } : {}),
    PATH: [dirname(python), PATH].join(delimiter),
    PYTHONPATH: [modules, ...path].join(delimiter),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYSPARK_PYTHON: python,
    SPARK_LOCAL_IP: '127.0.0.1',
  };
}
