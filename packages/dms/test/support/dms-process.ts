import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, projectRoot, taskEnvironment } from '@lakewright/config';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { ACCESS, DmsApi } from './dms';
import type { TestDatabase } from './mariadb';
import { startSecrets } from './secrets';

/** A DMS in a process of its own, whose bucket is a folder. */
export class DmsProcess {
  child?: ChildProcess;
  readonly api: DmsApi;

  private constructor(
    readonly folder: string,
    private options: { readonly port: number; readonly [name: string]: unknown },
    private readonly secrets: { close(): Promise<void> },
  ) {
    this.api = new DmsApi(options.port);
  }

  static async create(folder: string, database: TestDatabase, more: object = {}): Promise<DmsProcess> {
    const [port] = await freePorts(1);
    const secrets = await startSecrets({ source: database.secret });
    const dms = new DmsProcess(
      folder,
      {
        port: port!,
        folder: join(folder, 'state'),
        s3: { ...ACCESS, endpoint: 'http://127.0.0.1:1' },
        secrets: { ...ACCESS, endpoint: secrets.url },
        caFile: join(folder, 'none.pem'),
        bucket: join(folder, 'bronze'),
        ...more,
      },
      secrets,
    );
    await dms.start();
    return dms;
  }

  get bucket(): string {
    return join(this.folder, 'bronze');
  }

  /** Starts the process and waits for its API. @param more options from now on */
  async start(more: object = {}): Promise<void> {
    this.options = { ...this.options, ...more };
    const root = projectRoot();
    const log = openSync(`${this.folder}.log`, 'a');
    this.child = spawn(
      process.execPath,
      [join(root, 'tooling/run.mjs'), 'packages/dms/test/support/main.ts', JSON.stringify(this.options)],
      { cwd: root, stdio: ['pipe', log, log], env: taskEnvironment({ LAKEWRIGHT_ROOT: root }) },
    );
    closeSync(log);
    killWithThisProcess(this.child);
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.options.port}`, { method: 'POST', body: '{}' }).catch(() => undefined);
      if (answer) return;
      if (this.child.exitCode !== null) throw new Error(`the DMS ended: see ${this.folder}.log`);
      await sleep(30);
    }
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<void> {
    if (this.child!.signalCode === null) await new Promise((resolve) => this.child!.once('exit', resolve));
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.child!.once('exit', resolve));
    this.child!.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await endChild(this.child!);
    await this.secrets.close();
  }
}
