import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded, type JobRun } from './run';

export { hasEnded, type JobRun, type JobRunState } from './run';

/** The runs of every job: `<folder>/<job>/<run>.json`, written whole or not at all. */
export class RunHistory {
  constructor(private readonly folder: string) {}

  save(run: JobRun): void {
    const folder = this.folderOf(run.job);
    mkdirSync(folder, { recursive: true });
    const draft = join(folder, `.${run.id}`);
    writeFileSync(draft, `${JSON.stringify(run, null, 1)}\n`);
    renameSync(draft, join(folder, `${run.id}.json`));
  }

  get(job: string, id: string): JobRun | undefined {
    const file = join(this.folderOf(job), `${id}.json`);
    return /^[\w-]+$/.test(id) && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JobRun) : undefined;
  }

  /** Latest first. */
  runs(job: string): JobRun[] {
    const folder = this.folderOf(job);
    if (!existsSync(folder)) return [];
    const ids = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const runs = ids.flatMap((name) => this.get(job, name.slice(0, -'.json'.length)) ?? []);
    return runs.sort((a, b) => b.startedOn - a.startedOn || b.attempt - a.attempt);
  }

  /** Jobs that were ever run. */
  jobs(): string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).map(decodeURIComponent).sort() : [];
  }

  /** Runs whose process died with the service that watched over them: nobody else will say so. */
  closeInterrupted(): void {
    for (const run of this.jobs().flatMap((job) => this.runs(job))) {
      if (!hasEnded(run)) this.save({ ...interrupted(run), completedOn: Date.now() });
    }
  }

  private folderOf(job: string): string {
    return join(this.folder, encodeURIComponent(job));
  }
}

/** A run that was going on when its service was stopped or killed. */
export function interrupted(run: JobRun): JobRun {
  return { ...run, state: 'ERROR', error: 'the service was stopped during the run' };
}

/** The runs of a service, by the folder that is its own. */
export function historyOf(folder: string): RunHistory {
  return new RunHistory(join(folder, 'runs'));
}

/** What a run wrote, by the folder of the logs. */
export function logFileOf(logs: string, { id }: Pick<JobRun, 'id'>): string {
  return join(logs, `${id}.log`);
}
