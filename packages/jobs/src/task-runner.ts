import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import type { Clock } from './clock';
import { compare } from './condition';
import type { JobDefinition, JobTask } from './definition';
import type { Executors, TaskExecution, TaskOutput } from './executor';
import type { RunHistory } from './history';
import { type ReferenceScope, type ReferredTask, resolveReferences } from './reference';
import type { RunRecord } from './run-record';
import type { RunError, TaskResult } from './state';

/** Why a whole run stops. */
export type StopReason = 'timeout' | 'canceled';

export interface TaskRunnerOptions {
  readonly job: JobDefinition;
  readonly record: RunRecord;
  readonly history: RunHistory;
  readonly executors: Executors;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly workspace: ReferenceScope['workspace'];
  /** Given with a `StopReason` when the run stops. */
  readonly stop: AbortSignal;
  readonly onStep: (task: string, step: string) => void;
  /** Runs another job to its end. @throws LakewrightError when it did not succeed */
  readonly runJob: (job: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<TaskOutput>;
}

interface Ended {
  readonly result: TaskResult;
  readonly output?: TaskOutput & { readonly outcome?: 'true' | 'false' };
  readonly error?: RunError;
}

/** Brings one task of a run to its end: attempts, their timeouts, the wait between them. */
export class TaskRunner {
  constructor(private readonly options: TaskRunnerOptions) {}

  async run(task: JobTask): Promise<void> {
    const { record, clock, newId, stop } = this.options;
    for (let tries = 1; ; tries += 1) {
      const startedAt = new Date(clock.now()).toISOString();
      const attempts = [...record.task(task.key).attempts, { id: newId(), startedAt }];
      record.changeTask(task.key, { state: 'RUNNING', attempts, error: undefined });
      const ended = await this.attempt(task, attempts.length, attempts.at(-1)!.id);
      const again = !stop.aborted && mayRetry(task, ended.result, tries);
      const { result, error, output } = ended;
      record.changeAttempt(
        task.key,
        { endedAt: new Date(clock.now()).toISOString(), result, ...(error && { error }) },
        again ? { state: 'WAITING_FOR_RETRY', error } : { state: 'TERMINATED', result, error, ...output },
      );
      if (!again) return;
      await clock.sleep(Date.parse(startedAt) + task.minRetryIntervalMillis - clock.now(), stop);
      if (stop.aborted) return record.changeTask(task.key, { state: 'TERMINATED', result, error });
    }
  }

  private async attempt(task: JobTask, number: number, id: string): Promise<Ended> {
    const { clock, stop } = this.options;
    const limit = new AbortController();
    const over = new AbortController();
    const onStop = () => limit.abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    if (task.timeoutSeconds > 0) {
      clock.sleep(task.timeoutSeconds * 1000, over.signal).then(() => {
        if (!over.signal.aborted) limit.abort('task_timeout');
      });
    }
    try {
      const output = await this.act(task, number, id, limit.signal);
      return limit.signal.reason === 'task_timeout' ? timedOut(task) : { result: 'SUCCESS', output };
    } catch (error) {
      if (!limit.signal.aborted) return { result: 'FAILED', error: runError(error) };
      return limit.signal.reason === 'task_timeout' ? timedOut(task) : stopped(limit.signal.reason as StopReason);
    } finally {
      over.abort();
      stop.removeEventListener('abort', onStop);
    }
  }

  private async act(task: JobTask, number: number, id: string, signal: AbortSignal): Promise<NonNullable<Ended['output']>> {
    const { executors, record } = this.options;
    const { action } = task;
    const { parameters } = record.run;
    const fill = (text: string) => resolveReferences(text, this.scope(task, number, id));
    const fillAll = (texts: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
    switch (action.kind) {
      case 'condition': {
        const outcome = compare({ left: fill(action.left), operator: action.operator, right: fill(action.right) });
        return { outcome: outcome ? 'true' : 'false', detail: String(outcome) };
      }
      case 'run_job':
        return this.options.runJob(action.job, fillAll(action.parameters), signal);
      case 'pipeline':
        return executors.pipeline(action, this.execution(task, number, signal));
      case 'python':
        return executors.python({ ...action, parameters: action.parameters.map(fill) }, this.execution(task, number, signal));
      case 'sql':
        // A job's parameter goes before a task's of the same name: docs.databricks.com, "Parameterize jobs" (pushdown).
        return executors.sql(
          { ...action, parameters: { ...fillAll(action.parameters), ...parameters } },
          this.execution(task, number, signal),
        );
    }
  }

  private execution(task: JobTask, attempt: number, signal: AbortSignal): TaskExecution {
    const { job, history, record, clock, onStep } = this.options;
    const logFile = history.logFile(job.name, record.run.id, task.key);
    mkdirSync(dirname(logFile), { recursive: true });
    appendFileSync(logFile, `# attempt ${attempt}, ${new Date(clock.now()).toISOString()}\n`);
    const values = [...record.ended().values()].map(({ key, values = {} }) => [key, values] as const);
    return {
      job: job.name,
      run: record.run.id,
      task: task.key,
      attempt,
      ...(job.runAs !== undefined && { runAs: job.runAs }),
      signal,
      logFile,
      values: Object.fromEntries(values),
      onStep: (step) => onStep(task.key, step),
    };
  }

  private scope(task: JobTask, number: number, id: string): ReferenceScope {
    const { job, record, workspace } = this.options;
    const tasks = [...record.ended().values()].map(({ key, result, attempts, error, values = {} }): [string, ReferredTask] => {
      const runId = attempts.at(-1)?.id ?? '';
      const state = { resultState: result!.toLowerCase(), errorCode: error?.code ?? '', executionCount: attempts.length };
      return [key, { runId, ...state, values }];
    });
    return {
      job: jobScope(job, record.run),
      workspace,
      task: { name: task.key, runId: id, executionCount: number },
      tasks: new Map(tasks),
    };
  }
}

/** What of a run its own parameters may refer to. */
export function jobScope(job: JobDefinition, run: RunRecord['run']): ReferenceScope['job'] {
  const { trigger } = run;
  return {
    id: job.id,
    name: job.name,
    runId: run.id,
    repairCount: run.repairs,
    startedAt: run.startedAt,
    triggerType: trigger.type,
    triggerTime: trigger.time,
    ...(trigger.location !== undefined && { triggerLocation: trigger.location }),
    parameters: run.parameters,
  };
}

function mayRetry({ maxRetries, retryOnTimeout }: JobTask, result: TaskResult, tries: number): boolean {
  const failed = result === 'FAILED' || (result === 'TIMEDOUT' && retryOnTimeout);
  return failed && (maxRetries === -1 || tries <= maxRetries);
}

function timedOut({ timeoutSeconds }: JobTask): Ended {
  const message = `it was ended after ${timeoutSeconds} seconds`;
  return { result: 'TIMEDOUT', error: { code: 'JOB_TASK_TIMEOUT', message, hint: 'timeout_seconds of the task' } };
}

function stopped(reason: StopReason): Ended {
  return reason === 'timeout'
    ? { result: 'TIMEDOUT', error: { code: 'JOB_TIMEOUT', message: 'it was ended with its run, whose time was up' } }
    : { result: 'CANCELED', error: { code: 'JOB_CANCELED', message: 'it was ended with its run' } };
}

/** An error as the history keeps it. */
export function runError(error: unknown): RunError {
  if (!(error instanceof LakewrightError)) return { code: 'JOB_TASK_FAILED', message: (error as Error).message ?? String(error) };
  const { location } = error;
  const where = location ? `${location.file}:${location.line}:${location.column}: ` : '';
  return { code: error.code, message: `${where}${error.message}`, ...(error.hint !== undefined && { hint: error.hint }) };
}
