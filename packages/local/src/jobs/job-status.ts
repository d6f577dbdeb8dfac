import { readFileSync } from 'node:fs';
import { EXIT, LakewrightError } from '@lakewright/config';
import { durationMs, type JobTrigger, nextFire, type RunResult, type RunState } from '@lakewright/jobs';
import type { LocalContext } from '../context';
import { jobHistory, readJob } from '../workspace/jobs';
import { deployedJobs } from './watch';

/** A deployed job and its last run. */
export interface JobStatus {
  readonly job: string;
  /** What starts it while `lakewright watch` runs: "0 0 * * * ? UTC", "paused", "by hand". */
  readonly starts: string;
  /** None before the first run. */
  readonly lastRun?: {
    readonly run: string;
    readonly state: RunState;
    readonly result?: RunResult;
    readonly startedAt: string;
    readonly seconds: number;
  };
}

/** Every deployed job with its last run. */
export function jobStatus(context: Pick<LocalContext, 'paths'>, now = Date.now()): readonly JobStatus[] {
  const history = jobHistory(context.paths);
  return deployedJobs(context).map(({ name, trigger }) => {
    const last = history.latest(name);
    const starts = startsText(trigger, now);
    if (!last) return { job: name, starts };
    const { id, state, result, startedAt } = last;
    return {
      job: name,
      starts,
      lastRun: { run: id, state, ...(result && { result }), startedAt, seconds: durationMs(last, now) / 1000 },
    };
  });
}

/** What starts a job by itself, in words. */
export function startsText(trigger: JobTrigger | undefined, now: number): string {
  if (trigger === undefined) return 'by hand';
  if (trigger.paused) return 'paused';
  if (trigger.kind === 'periodic') return `every ${trigger.interval} ${trigger.unit.toLowerCase()}`;
  if (trigger.kind === 'file_arrival') return `files in ${trigger.url}`;
  const due = nextFire(trigger, now);
  return due === undefined ? 'never again' : `next ${new Date(due).toISOString()}`;
}

/**
 * The end of the log of a task, of the last run in which it did anything.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_JOB, LOCAL_NO_LOG (exit 2)
 */
export function taskLog(
  context: Pick<LocalContext, 'paths'>,
  job: string,
  task: string,
  { lines = 100 }: { readonly lines?: number } = {},
): string {
  readJob(context.paths, job);
  const history = jobHistory(context.paths);
  for (const run of history.runs(job)) {
    if (!run.tasks.some(({ key, attempts }) => key === task && attempts.length > 0)) continue;
    try {
      return `${readFileSync(history.logFile(job, run.id, task), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-lines)
        .join('\n')}\n`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new LakewrightError('LOCAL_NO_LOG', `task "${task}" of job ${job} has written no log`, {
    hint: 'a condition and a task that runs another job write none; names are those of lakewright run <system> <job>',
    exitCode: EXIT.usage,
  });
}
