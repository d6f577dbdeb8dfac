import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { endChild, killWithThisProcess } from '@lakewright/process';
import type { JobDefinition, RunRequest } from './definition';
import { GlueFault } from './fault';
import { logFileOf, type RunHistory } from './history';
import { hasEnded, type JobRun } from './run';
import { errorIn } from './script-error';
import { fetchFiles, type JobFiles } from './scripts';
import { pythonEnvironment, type SparkInstallation, type SparkSession } from './session';
import { readSettings } from './settings';

export interface JobRunnerOptions {
  readonly installation: SparkInstallation;
  readonly session: SparkSession;
  readonly history: RunHistory;
  readonly s3: S3Client;
  /** Files of runs that go on; private. */
  readonly folder: string;
  /** One log a run: `<logs>/<run id>.log`. */
  readonly logs: string;
  /** How long a minute of a job's `Timeout` is, in milliseconds. @default a minute */
  readonly minuteMs?: number;
}

const MINUTE_MS = 60_000;

/** Runs jobs: each run a process that attaches to the warm session. */
export class JobRunner {
  private readonly children = new Map<string, ChildProcess>();
  private readonly stopping = new Set<string>();
  private readonly going = new Set<Promise<void>>();
  private closing = false;

  constructor(private readonly options: JobRunnerOptions) {}

  /**
   * Begins a run and returns at once.
   *
   * @throws GlueFault ConcurrentRunsExceededException
   */
  start(definition: JobDefinition, { Arguments, Timeout = definition.Timeout }: RunRequest): JobRun {
    const job = { ...definition, Timeout };
    const going = this.options.history.runs(job.Name).filter((run) => !hasEnded(run)).length;
    const most = job.ExecutionProperty.MaxConcurrentRuns;
    if (going >= most)
      throw new GlueFault('ConcurrentRunsExceededException', `Concurrent runs exceeded for ${job.Name}: ${most} at once`);
    const first = this.begin(job, { ...job.DefaultArguments, ...Arguments, ...job.NonOverridableArguments });
    const all: Promise<void> = this.attempts(job, first).finally(() => this.going.delete(all));
    this.going.add(all);
    return first;
  }

  private isStopped({ id }: JobRun): boolean {
    return this.closing || this.stopping.has(id);
  }

  /** Asks a run to stop; false for one that has ended. */
  stop(run: JobRun): boolean {
    if (hasEnded(run)) return false;
    this.stopping.add(run.id);
    this.options.history.save({ ...run, state: 'STOPPING' });
    this.children.get(run.id)?.kill('SIGTERM');
    return true;
  }

  /** Stops every run and waits for their ends. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.children.values()].map((child) => endChild(child)));
    await Promise.all(this.going);
  }

  private begin(job: JobDefinition, given: Readonly<Record<string, string>>, previous?: JobRun): JobRun {
    const attempt = previous ? previous.attempt + 1 : 0;
    const id = previous ? `${previous.id.split('_attempt_')[0]}_attempt_${attempt}` : `jr_${randomBytes(32).toString('hex')}`;
    const run: JobRun = {
      id,
      job: job.Name,
      attempt,
      ...(previous ? { previousRunId: previous.id } : {}),
      state: 'STARTING',
      arguments: given,
      startedOn: Date.now(),
    };
    this.options.history.save(run);
    return run;
  }

  private async attempts(job: JobDefinition, first: JobRun): Promise<void> {
    let run = await this.carryOut(job, first);
    while (run.state === 'FAILED' && run.attempt < job.MaxRetries)
      run = await this.carryOut(job, this.begin(job, run.arguments, run));
  }

  /** One attempt to its end; how it ended is in the history. */
  private async carryOut(job: JobDefinition, run: JobRun): Promise<JobRun> {
    const folder = join(this.options.folder, run.id);
    let ended: Pick<JobRun, 'state' | 'error'>;
    try {
      const [sessionFile, files] = await Promise.all([
        this.options.session.ensure(),
        fetchFiles(this.options.s3, job.Command.ScriptLocation, run.arguments, {
          folder,
          modules: join(this.options.folder, 'modules'),
        }),
      ]);
      if (this.isStopped(run)) ended = { state: 'STOPPED' };
      else {
        this.options.history.save({ ...run, state: 'RUNNING' });
        ended = await this.runScript(job, run, sessionFile, files);
      }
    } catch (error) {
      ended = { state: 'FAILED', error: (error as Error).message };
    } finally {
      rmSync(folder, { recursive: true, force: true });
      this.stopping.delete(run.id);
    }
    const last: JobRun = { ...run, ...ended, completedOn: Date.now() };
    this.options.history.save(last);
    return last;
  }

  /** Runs the script to its end, or until it is late. */
  private async runScript(
    job: JobDefinition,
    run: JobRun,
    sessionFile: string,
    files: JobFiles,
  ): Promise<Pick<JobRun, 'state' | 'error'>> {
    const logFile = logFileOf(this.options.logs, run);
    const child = this.spawnScript(run, sessionFile, files, logFile);
    this.children.set(run.id, child);
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        void endChild(child);
      },
      job.Timeout * (this.options.minuteMs ?? MINUTE_MS),
    );
    const ending = await new Promise<number | string | null>((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal)).once('error', () => resolve(null)),
    );
    clearTimeout(timer);
    this.children.delete(run.id);
    if (this.isStopped(run) || late) this.options.session.cancel(run.id);
    if (this.isStopped(run)) return { state: 'STOPPED' };
    if (late) return { state: 'TIMEOUT', error: `Job run exceeded the timeout of ${job.Timeout} minutes` };
    return ending === 0
      ? { state: 'SUCCEEDED' }
      : { state: 'FAILED', error: errorIn(readFileSync(logFile, 'utf8')) ?? `the script ended with ${ending}` };
  }

  private spawnScript(run: JobRun, sessionFile: string, { script, path }: JobFiles, logFile: string): ChildProcess {
    const { installation, logs, folder } = this.options;
    mkdirSync(logs, { recursive: true });
    const log = openSync(logFile, 'a');
    const own = JSON.stringify({ id: run.id, settings: readSettings(run.arguments['--conf']) });
    const given = Object.entries({ '--JOB_NAME': run.job, '--JOB_RUN_ID': run.id, ...run.arguments }).flat();
    const child = spawn(installation.python, ['-m', 'lakewright_glue.job', sessionFile, own, script, ...given], {
      cwd: folder,
      env: pythonEnvironment(installation, path),
      // It ends with its input: however this process ends, no run goes on without it.
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    killWithThisProcess(child);
    return child;
  }
}
