import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '@lakewright/process';
import { hasEnded, type JobRun, type TaskRun } from './state';

/**
 * The runs of every job, on disk: `<folder>/<job>/<run>.json`, written whole or not at all, and the logs of its tasks beside it. A run
 * whose process has died is read as what it is: interrupted.
 */
export class RunHistory {
  constructor(private readonly folder: string) {}

  save(run: JobRun): void {
    const file = this.file(run.job, run.id);
    mkdirSync(this.folderOf(run.job), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(run, null, 1)}\n`);
    renameSync(draft, file);
  }

  get(job: string, id: string): JobRun | undefined {
    const file = this.file(job, id);
    return existsSync(file) ? withInterruption(JSON.parse(readFileSync(file, 'utf8')) as JobRun) : undefined;
  }

  /** The runs of a job, latest first. @param most how many @default all */
  runs(job: string, most = Number.POSITIVE_INFINITY): JobRun[] {
    return this.ids(job)
      .slice(0, most)
      .flatMap((id) => this.get(job, id) ?? []);
  }

  latest(job: string): JobRun | undefined {
    return this.runs(job, 1)[0];
  }

  /** Jobs that were ever run, sorted. */
  jobs(): string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).map(decodeURIComponent).sort() : [];
  }

  /** Where the attempts of a task write what they say. */
  logFile(job: string, run: string, task: string): string {
    return join(this.folderOf(job), run, `${task}.log`);
  }

  /** The folder of a job's runs. */
  folderOf(job: string): string {
    return join(this.folder, encodeURIComponent(job));
  }

  /** Ids sort by the time at which they were made. */
  private ids(job: string): string[] {
    const folder = this.folderOf(job);
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return files
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
      .reverse();
  }

  private file(job: string, id: string): string {
    return join(this.folderOf(job), `${id}.json`);
  }
}

/** A run that says it is going on although its process is dead: failed, with what was lost. */
function withInterruption(run: JobRun): JobRun {
  if (hasEnded(run) || (run.process !== undefined && isAlive(run.process))) return run;
  const lost = run.tasks.filter(({ state }) => state === 'RUNNING' || state === 'WAITING_FOR_RETRY').map(({ key }) => key);
  const open = run.tasks.filter(({ state }) => state === 'BLOCKED').map(({ key }) => key);
  const parts = [
    lost.length > 0 ? `at work were: ${lost.join(', ')}` : 'no task was at work',
    ...(open.length > 0 ? [`not begun: ${open.join(', ')}`] : []),
  ];
  const error = {
    code: 'JOB_INTERRUPTED',
    message: `the process that ran it ended in the middle (pid ${run.process?.pid ?? 'unknown'}); ${parts.join('; ')}`,
    hint: 'a repair runs what did not succeed',
  };
  return { ...run, state: 'INTERNAL_ERROR', result: 'FAILED', error, tasks: run.tasks.map(interrupted) };
}

function interrupted(task: TaskRun): TaskRun {
  if (task.state === 'TERMINATED' || task.state === 'SKIPPED') return task;
  if (task.state === 'BLOCKED') return { ...task, state: 'SKIPPED', result: 'SKIPPED' };
  const error = { code: 'JOB_INTERRUPTED', message: 'the process that ran it ended in the middle' };
  return { ...task, state: 'INTERNAL_ERROR', result: 'FAILED', error };
}
