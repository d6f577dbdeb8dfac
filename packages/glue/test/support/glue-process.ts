import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  GetJobRunCommand,
  GetJobRunsCommand,
  GlueClient,
  type JobRun,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { freePorts, projectRoot, taskEnvironment } from '@lakewright/config';
import type { GlueOptions } from '@lakewright/glue';
import { endChild, killWithThisProcess } from '@lakewright/process';

const GOING = ['STARTING', 'RUNNING', 'STOPPING'];

/** A Glue in a process of its own, with the client of the AWS SDK that speaks to it. */
export class GlueProcess {
  child?: ChildProcess;

  private constructor(
    readonly options: GlueOptions,
    readonly client: GlueClient,
  ) {}

  static async start(folder: string, options: Pick<GlueOptions, 'installation' | 's3' | 'minuteMs'>): Promise<GlueProcess> {
    const [port] = await freePorts(1);
    const { region, accessKeyId, secretAccessKey } = options.s3;
    const client = new GlueClient({
      endpoint: `http://127.0.0.1:${port}`,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
    const all = { ...options, port: port!, folder: join(folder, 'glue'), logs: join(folder, 'logs') };
    const glue = new GlueProcess(all, client);
    await glue.start();
    return glue;
  }

  /** Starts the process and waits for its API. */
  async start(): Promise<void> {
    const root = projectRoot();
    mkdirSync(this.options.logs, { recursive: true });
    const log = openSync(join(this.options.logs, 'glue.log'), 'a');
    this.child = spawn(process.execPath, [join(root, 'tooling/run.mjs'), 'packages/glue/test/support/main.ts'], {
      cwd: root,
      stdio: ['pipe', log, log],
      env: taskEnvironment({ LAKEWRIGHT_ROOT: root }),
    });
    closeSync(log);
    killWithThisProcess(this.child);
    this.child.stdin!.write(`${JSON.stringify(this.options)}\n`);
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.options.port}`, { method: 'POST', body: '{}' }).catch(() => undefined);
      if (answer) return;
      if (this.child.exitCode !== null) throw new Error(`Glue ended: see ${this.options.logs}`);
      await sleep(30);
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.child!.once('exit', resolve));
    this.child!.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    this.client.destroy();
    // Ending Spark takes a moment.
    if (this.child) await endChild(this.child, 30_000);
  }

  /** Puts the script into the bucket `scripts` and creates its job. */
  async createJob(s3: S3Client, name: string, script: string, more: Partial<CreateJobCommandInput> = {}): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket: 'scripts', Key: `${name}.py`, Body: script }));
    await this.client.send(new CreateJobCommand({ ...definitionOf(name), ...more }));
  }

  async begin(JobName: string, Arguments: Record<string, string> = {}): Promise<string> {
    return (await this.client.send(new StartJobRunCommand({ JobName, Arguments }))).JobRunId!;
  }

  async get(JobName: string, RunId: string): Promise<JobRun> {
    return (await this.client.send(new GetJobRunCommand({ JobName, RunId }))).JobRun!;
  }

  /** Latest first. */
  async runs(JobName: string): Promise<JobRun[]> {
    return (await this.client.send(new GetJobRunsCommand({ JobName }))).JobRuns!;
  }

  /** Waits for the end of a run. */
  async ended(job: string, id: string): Promise<JobRun> {
    for (;;) {
      const run = await this.get(job, id);
      if (!GOING.includes(run.JobRunState!)) return run;
      await sleep(50);
    }
  }

  async run(job: string, given: Record<string, string> = {}): Promise<JobRun> {
    return this.ended(job, await this.begin(job, given));
  }

  log(id: string): string {
    return readFileSync(join(this.options.logs, `${id}.log`), 'utf8');
  }

  /** Waits until the script of a run has printed a text. */
  async printed(job: string, id: string, text: string): Promise<void> {
    for (;;) {
      const { JobRunState, ErrorMessage } = await this.get(job, id);
      if (JobRunState === 'RUNNING' && this.hasLog(id) && this.log(id).includes(text)) return;
      if (!GOING.includes(JobRunState!)) throw new Error(`${job} ended ${JobRunState} without printing ${text}: ${ErrorMessage}`);
      await sleep(50);
    }
  }

  private hasLog(id: string): boolean {
    try {
      return this.log(id).length > 0;
    } catch {
      return false;
    }
  }
}

/** The least that `CreateJob` takes, its script being `s3://scripts/<name>.py`. */
export function definitionOf(name: string): CreateJobCommandInput {
  return {
    Name: name,
    Role: 'arn:aws:iam::000000000000:role/job',
    GlueVersion: '5.1',
    Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: `s3://scripts/${name}.py` },
  };
}
