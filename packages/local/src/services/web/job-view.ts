import { existsSync } from 'node:fs';
import type { JobRunStatus, JobRunView, JobSource, JobView, TaskStatus, TaskView } from '@lakewright/dashboard';
import { durationMs, type JobDefinition, type JobRun, type JobTask, type TaskRun, taskDurationMs } from '@lakewright/jobs';
import type { LocalContext } from '../../context';
import { jobStatus, startsText, taskLog } from '../../jobs/job-status';
import { jobHistory, readJob } from '../../workspace/jobs';

/** Runs that a page shows. */
const MOST_RUNS = 30;
/** Lines of a log that a page shows. */
const LOG_LINES = 1_000;

const STARTED_BY = { one_time: 'by hand', periodic: 'schedule', file_arrival: 'files', run_job_task: 'another job' } as const;

/** The deployed jobs for their pages: tasks from the definition, runs from the history. */
export function jobSource(context: LocalContext): JobSource {
  return {
    list: async () =>
      jobStatus(context).map(({ job, lastRun }) => {
        const note = lastRun
          ? `last run: ${(lastRun.result ?? lastRun.state).toLowerCase().replaceAll('_', ' ')}`
          : 'not run yet';
        return { id: job, name: job, note };
      }),
    view: async (id) => {
      const history = jobHistory(context.paths);
      const logged = (run: JobRun, task: string) => existsSync(history.logFile(id, run.id, task));
      return jobView(readJob(context.paths, id), history.runs(id, MOST_RUNS), logged, Date.now());
    },
    log: async (id, task) => taskLog(context, id, task, { lines: LOG_LINES }),
  };
}

/** A job as its page shows it. Pure. */
export function jobView(
  job: JobDefinition,
  runs: readonly JobRun[],
  logged: (run: JobRun, task: string) => boolean,
  now: number,
): JobView {
  const last = runs[0];
  return {
    id: job.name,
    name: job.name,
    starts: startsText(job.trigger, now),
    tasks: job.tasks.map((task) => taskView(task, last, logged, now)),
    edges: job.tasks.flatMap(({ key, dependsOn }) =>
      dependsOn.map(({ task, outcome }) => ({ from: task, to: key, ...(outcome !== undefined && { outcome }) })),
    ),
    runs: runs.map((run) => runView(run, now)),
  };
}

function taskView(
  { key, action }: JobTask,
  last: JobRun | undefined,
  logged: (run: JobRun, task: string) => boolean,
  now: number,
): TaskView {
  const run = last?.tasks.find((task) => task.key === key);
  const attempts = run?.attempts.length ?? 0;
  const { pipeline, job } = { pipeline: undefined, job: undefined, ...action };
  const page = pipeline !== undefined ? `/pipelines/${encodeURIComponent(pipeline)}` : job && `/jobs/${encodeURIComponent(job)}`;
  const { about, detail, error } = run ?? {};
  return {
    key,
    kind: action.kind.replace('_', ' '),
    about: about ?? pipeline ?? job ?? ('file' in action ? action.file : ''),
    status: run ? statusOf(run) : 'never',
    attempts,
    ...(run && attempts > 0 && { durationMs: taskDurationMs(run, now) }),
    ...(detail !== undefined && { detail }),
    ...(error && { reason: `${error.code}: ${error.message}` }),
    ...(page && { page }),
    logged: last !== undefined && attempts > 0 && logged(last, key),
  };
}

function statusOf({ result, state }: TaskRun): TaskStatus {
  return (result ?? state).toLowerCase() as TaskStatus;
}

function runView(run: JobRun, now: number): JobRunView {
  const { id, state, result, error, startedAt, trigger, repairs, tasks } = run;
  const status = state === 'INTERNAL_ERROR' ? 'interrupted' : ((result ?? state).toLowerCase() as JobRunStatus);
  return {
    id,
    status,
    startedAt,
    durationMs: durationMs(run, now),
    startedBy: STARTED_BY[trigger.type],
    repairs,
    ...(error && { reason: `${error.code}: ${error.message}` }),
    tasks: Object.fromEntries(tasks.map((task) => [task.key, statusOf(task)])),
  };
}
