import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  type JobDefinition,
  JobRunner,
  type JobTask,
  RunHistory,
  type TaskAction,
  type TaskDependency,
  type TaskExecution,
  type TaskOutput,
} from '../../src';

/** A task; an action by itself runs the file of the task's key. */
export function task(
  key: string,
  settings: Partial<Omit<JobTask, 'key' | 'dependsOn'>> & { readonly after?: readonly (string | TaskDependency)[] } = {},
): JobTask {
  const { after = [], ...rest } = settings;
  return {
    key,
    action: python(key),
    dependsOn: after.map((on) => (typeof on === 'string' ? { task: on } : on)),
    runIf: 'ALL_SUCCESS',
    maxRetries: 0,
    minRetryIntervalMillis: 0,
    retryOnTimeout: false,
    timeoutSeconds: 0,
    ...rest,
  };
}

export function python(file: string, ...parameters: string[]): TaskAction {
  return { kind: 'python', file, parameters };
}

export function job(tasks: readonly JobTask[], settings: Partial<JobDefinition> = {}): JobDefinition {
  return { name: 'job', id: '42', tasks, parameters: {}, timeoutSeconds: 0, maxConcurrentRuns: 1, queue: true, ...settings };
}

/** What a Python file of the tests does. */
export type Program = (execution: TaskExecution, parameters: readonly string[]) => Promise<TaskOutput | undefined>;

/** Runs of jobs whose Python files are functions, in a folder that is removed in the end. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'lakewright-jobs-'));
  readonly history = new RunHistory(this.folder);
  /** Files in the order in which they were begun, with their parameters. */
  readonly begun: string[] = [];
  private ids = 0;

  constructor(
    private readonly clock: Clock,
    readonly jobs: Record<string, JobDefinition>,
    private readonly programs: Readonly<Record<string, Program>> = {},
  ) {}

  runner(): JobRunner {
    return new JobRunner({
      history: this.history,
      clock: this.clock,
      definition: (name) => this.jobs[name],
      newId: () => `id-${String(++this.ids).padStart(4, '0')}`,
      workspace: { id: 'workspace', url: 'http://127.0.0.1' },
      executors: {
        python: async ({ file, parameters }, execution) => {
          this.begun.push([file, ...parameters].join(' '));
          return (await this.programs[file]?.(execution, parameters)) ?? {};
        },
        sql: async ({ file, parameters }) => {
          this.begun.push(`${file} ${JSON.stringify(parameters)}`);
          return {};
        },
        pipeline: async ({ pipeline, fullRefresh }) => {
          this.begun.push(`${pipeline}${fullRefresh ? ' in full' : ''}`);
          return {};
        },
      },
    });
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
