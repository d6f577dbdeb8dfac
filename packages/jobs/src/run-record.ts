import type { JobTask, TaskAction } from './definition';
import type { RunHistory } from './history';
import { type JobRun, type TaskRun } from './state';

/** A run that is going on: every change is on disk before anybody is told of it. */
export class RunRecord {
  constructor(
    private current: JobRun,
    private readonly history: RunHistory,
    private readonly onChange: (run: JobRun) => void,
  ) {
    this.change({});
  }

  get run(): JobRun {
    return this.current;
  }

  change(changes: Partial<JobRun>): void {
    this.current = { ...this.current, ...changes };
    this.history.save(this.current);
    this.onChange(this.current);
  }

  task(key: string): TaskRun {
    return this.current.tasks.find((task) => task.key === key)!;
  }

  changeTask(key: string, changes: Partial<TaskRun>): void {
    this.change({ tasks: this.current.tasks.map((task) => (task.key === key ? { ...task, ...changes } : task)) });
  }

  /** Changes the last attempt of a task, and the task with it. */
  changeAttempt(key: string, attempt: Partial<TaskRun['attempts'][number]>, changes: Partial<TaskRun>): void {
    const { attempts } = this.task(key);
    this.changeTask(key, { attempts: [...attempts.slice(0, -1), { ...attempts.at(-1)!, ...attempt }], ...changes });
  }

  /** Tasks that have ended, by key. */
  ended(): ReadonlyMap<string, TaskRun> {
    return new Map(this.current.tasks.filter(({ result }) => result !== undefined).map((task) => [task.key, task]));
  }
}

/** A task that has not begun. */
export function blockedTask({ key, action, dependsOn }: JobTask, attempts: TaskRun['attempts'] = []): TaskRun {
  return { key, kind: action.kind, about: aboutOf(action), dependsOn, state: 'BLOCKED', attempts };
}

/** Tasks of a run that is over: those that have not ended are skipped. */
export function withoutOpen(tasks: readonly TaskRun[]): readonly TaskRun[] {
  return tasks.map((task) => (task.result ? task : { ...task, state: 'SKIPPED', result: 'SKIPPED' }));
}

function aboutOf(action: TaskAction): string {
  switch (action.kind) {
    case 'pipeline':
      return action.pipeline;
    case 'run_job':
      return action.job;
    case 'condition':
      return `${action.left} ${action.operator} ${action.right}`;
    default:
      return action.file;
  }
}
