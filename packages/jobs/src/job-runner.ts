import { EXIT, LakewrightError } from '@lakewright/config';
import { identify } from '@lakewright/process';
import { type Clock, systemClock } from './clock';
import type { JobDefinition } from './definition';
import type { Executors, TaskOutput } from './executor';
import type { RunHistory } from './history';
import { type ReferenceScope, resolveReferences, unknownReferences } from './reference';
import { decide, resultOf } from './run-if';
import { blockedTask, RunRecord, withoutOpen } from './run-record';
import { firstFailure, hasEnded, type JobRun, type RunError, type RunResult, type RunTrigger, type TaskRun } from './state';
import { jobScope, type StopReason, TaskRunner } from './task-runner';
import { itsTurn } from './turn';
import { validateJob } from './validate';

export interface JobRunnerOptions {
  readonly history: RunHistory;
  readonly executors: Executors;
  /** The job as it is deployed now. */
  readonly definition: (name: string) => JobDefinition | undefined;
  /** A new id of a run; ids sort by the time at which they were made. */
  readonly newId: () => string;
  /** `{{workspace.id}}`, `{{workspace.url}}` */
  readonly workspace: ReferenceScope['workspace'];
  /** @default the clock of this machine */
  readonly clock?: Clock;
}

export interface StartOptions {
  /** In place of the defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** @default started by a person, now */
  readonly trigger?: RunTrigger;
  /** @default a new one */
  readonly id?: string;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Told of every change. */
  readonly onChange?: (run: JobRun) => void;
  /** Told of what a task is doing. */
  readonly onStep?: (task: string, step: string) => void;
}

/** Runs jobs to their end and keeps what happened. Several processes may do so at once: the history is what they share. */
export class JobRunner {
  private readonly clock: Clock;

  constructor(private readonly options: JobRunnerOptions) {
    this.clock = options.clock ?? systemClock;
  }

  /**
   * One run of a job: waits for its turn, runs its tasks, returns the run as it ended.
   *
   * @throws LakewrightError JOB_UNKNOWN, JOB_PARAMETER (exit 2), JOB_INVALID; that a task failed is told by the run itself
   */
  async run(name: string, options: StartOptions = {}): Promise<JobRun> {
    const job = this.definitionOf(name);
    const now = new Date(this.clock.now()).toISOString();
    const run: JobRun = {
      id: options.id ?? this.options.newId(),
      job: name,
      trigger: options.trigger ?? { type: 'one_time', time: now },
      parameters: {},
      ...(job.runAs !== undefined && { runAs: job.runAs }),
      startedAt: now,
      begunAt: now,
      ranMs: 0,
      state: 'QUEUED',
      repairs: 0,
      tasks: job.tasks.map((task) => blockedTask(task)),
    };
    const parameters = this.parametersOf(job, run, options.parameters ?? {});
    return this.go(job, { ...run, parameters }, options);
  }

  /**
   * Runs again what did not succeed in the last run of a job, with the definition as it is now; what succeeded stays.
   * Source: docs.databricks.com, "Troubleshoot and repair job failures".
   *
   * @throws LakewrightError JOB_NOTHING_TO_REPAIR (exit 2); what `run` throws
   */
  async repair(name: string, options: Omit<StartOptions, 'id' | 'trigger'> = {}): Promise<JobRun> {
    const job = this.definitionOf(name);
    const last = this.options.history.runs(name).find(({ state }) => state !== 'SKIPPED');
    if (!last || !hasEnded(last) || last.result === 'SUCCESS') throw nothingToRepair(name, last);
    const now = new Date(this.clock.now()).toISOString();
    const tasks = job.tasks.map((task) => {
      const before = last.tasks.find(({ key }) => key === task.key);
      return before?.result === 'SUCCESS' ? before : blockedTask(task, before?.attempts);
    });
    const ranMs = last.ranMs + Math.max(0, Date.parse(last.endedAt ?? last.begunAt) - Date.parse(last.begunAt));
    const { endedAt: _, result: __, error: ___, ...kept } = last;
    const run: JobRun = { ...kept, state: 'QUEUED', begunAt: now, ranMs, repairs: last.repairs + 1, tasks };
    const parameters = this.parametersOf(job, run, { ...last.parameters, ...options.parameters });
    return this.go(job, { ...run, parameters }, options);
  }

  private definitionOf(name: string): JobDefinition {
    const job = this.options.definition(name);
    if (!job) {
      throw new LakewrightError('JOB_UNKNOWN', `no job "${name}" is deployed`, { hint: 'lakewright up', exitCode: EXIT.usage });
    }
    validateJob(job, this.options.definition);
    return job;
  }

  private parametersOf(job: JobDefinition, run: JobRun, given: Readonly<Record<string, string>>): Record<string, string> {
    const problems = Object.entries(given).flatMap(([name, text]) =>
      Object.hasOwn(job.parameters, name)
        ? unknownReferences(text, { parameters: [] }).map((problem) => `${name}: ${problem}`)
        : [`there is no parameter "${name}"`],
    );
    if (problems.length > 0) {
      throw new LakewrightError('JOB_PARAMETER', `job ${job.name}: ${problems.join('; ')}`, {
        hint: `its parameters are: ${Object.keys(job.parameters).join(', ') || 'none'}`,
        exitCode: EXIT.usage,
      });
    }
    const scope: ReferenceScope = { job: jobScope(job, run), workspace: this.options.workspace };
    const texts = { ...job.parameters, ...given };
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, resolveReferences(text, scope)]));
  }

  private async go(job: JobDefinition, run: JobRun, options: StartOptions): Promise<JobRun> {
    const { history } = this.options;
    const process_ = identify(process.pid);
    const record = new RunRecord({ ...run, ...(process_ && { process: process_ }) }, history, options.onChange ?? (() => {}));
    if (!(await itsTurn({ job, record, history, clock: this.clock, signal: options.signal }))) return record.run;
    const stop = new AbortController();
    const over = new AbortController();
    const cancel = () => stop.abort('canceled' satisfies StopReason);
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancel();
    if (job.timeoutSeconds > 0) {
      this.clock.sleep(job.timeoutSeconds * 1000, over.signal).then(() => {
        if (!over.signal.aborted) stop.abort('timeout' satisfies StopReason);
      });
    }
    try {
      await this.runTasks(job, record, stop.signal, options);
    } finally {
      over.abort();
      options.signal?.removeEventListener('abort', cancel);
    }
    this.end(record, stop.signal.reason as StopReason | undefined);
    return record.run;
  }

  private async runTasks(job: JobDefinition, record: RunRecord, stop: AbortSignal, options: StartOptions): Promise<void> {
    const runner = new TaskRunner({
      ...this.options,
      job,
      record,
      clock: this.clock,
      stop,
      onStep: options.onStep ?? (() => {}),
      runJob: (name, parameters, signal) => this.runOther(name, parameters, record.run, signal),
    });
    const running = new Map<string, Promise<void>>();
    for (;;) {
      const ended = record.ended();
      const ready = job.tasks.filter(
        ({ key, dependsOn }) => !ended.has(key) && !running.has(key) && dependsOn.every(({ task }) => ended.has(task)),
      );
      if (!stop.aborted) {
        for (const task of ready) {
          const decision = decide(task, ended);
          if (decision !== 'RUN') record.changeTask(task.key, { state: 'SKIPPED', result: decision });
          else
            running.set(
              task.key,
              runner.run(task).finally(() => running.delete(task.key)),
            );
        }
        if (ready.some(({ key }) => !running.has(key))) continue;
      }
      if (running.size === 0) return;
      await Promise.race(running.values());
    }
  }

  /** A task that runs another job. Parameters of this run go down to that one's of the same name. */
  private async runOther(
    name: string,
    parameters: Readonly<Record<string, string>>,
    parent: JobRun,
    signal: AbortSignal,
  ): Promise<TaskOutput> {
    const known = Object.keys(this.options.definition(name)?.parameters ?? {});
    const pushed = Object.entries(parent.parameters).filter(([parameter]) => known.includes(parameter));
    const trigger: RunTrigger = { type: 'run_job_task', time: new Date(this.clock.now()).toISOString(), parent: parent.id };
    const run = await this.run(name, { parameters: { ...parameters, ...Object.fromEntries(pushed) }, trigger, signal });
    if (run.result === 'SUCCESS' || run.result === 'SUCCESS_WITH_FAILURES') return { detail: `run ${run.id}` };
    const failed = firstFailure(run);
    const why = failed?.error?.message ?? run.error?.message ?? '';
    throw new LakewrightError(
      'JOB_RUN_JOB',
      `run ${run.id} of job ${name} is ${run.result}: ${failed ? `${failed.key}: ` : ''}${why}`,
    );
  }

  private end(record: RunRecord, reason: StopReason | undefined): void {
    const tasks = withoutOpen(record.run.tasks);
    const cut = tasks.some(({ result }) => result === 'TIMEDOUT' || result === 'CANCELED' || result === 'SKIPPED');
    // What ended by itself at the very moment it was to be stopped has ended well.
    const result = reason === undefined || !cut ? resultOf(tasks) : reason === 'timeout' ? 'TIMEDOUT' : 'CANCELED';
    const error = errorOf(result, firstFailure({ ...record.run, tasks }));
    const endedAt = new Date(this.clock.now()).toISOString();
    record.change({ state: 'TERMINATED', result, tasks, endedAt, ...(error && { error }) });
  }
}

/** Why a run did not end well, its first failed task before all. */
function errorOf(result: RunResult, failed: TaskRun | undefined): RunError | undefined {
  if (result === 'SUCCESS') return undefined;
  if (result === 'TIMEDOUT')
    return { code: 'JOB_TIMEOUT', message: 'the time of the run was up', hint: 'timeout_seconds of the job' };
  if (result === 'CANCELED') return { code: 'JOB_CANCELED', message: 'the run was cancelled' };
  return failed?.error && { ...failed.error, message: `task ${failed.key}: ${failed.error.message}` };
}

function nothingToRepair(job: string, last: JobRun | undefined): LakewrightError {
  const why = !last ? 'it was never run' : hasEnded(last) ? 'its last run succeeded' : 'its last run is going on';
  return new LakewrightError('JOB_NOTHING_TO_REPAIR', `job ${job} has nothing to repair: ${why}`, {
    hint: 'leave --repair out for a new run',
    exitCode: EXIT.usage,
  });
}
