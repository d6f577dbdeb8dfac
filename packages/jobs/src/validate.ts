import { LakewrightError } from '@lakewright/config';
import { CONDITION_OPERATORS, type JobDefinition, type JobTask, RUN_IF } from './definition';
import { unknownReferences } from './reference';
import { nextFire } from './schedule/quartz';

const PERIODS = ['HOURS', 'DAYS', 'WEEKS'];

/**
 * Checks a whole definition before anything of it runs.
 *
 * @param others finds the jobs that it runs
 * @throws LakewrightError JOB_INVALID naming every mistake: keys, dependencies, cycles, outcomes, references, numbers, schedule
 */
export function validateJob(job: JobDefinition, others: (name: string) => JobDefinition | undefined): void {
  const problems = [
    ...keyProblems(job),
    ...job.tasks.flatMap((task) => taskProblems(job, task).map((problem) => `tasks.${task.key}: ${problem}`)),
    ...cycleProblems(job),
    ...referenceProblems(job),
    ...numberProblems(job),
    ...triggerProblems(job),
    ...runJobProblems(job, others),
  ];
  if (problems.length === 0) return;
  throw new LakewrightError('JOB_INVALID', `job ${job.name} cannot run:\n  ${problems.join('\n  ')}`, {
    hint: 'docs/reference/jobs.md says what a job may be',
  });
}

function keyProblems({ tasks }: JobDefinition): string[] {
  if (tasks.length === 0) return ['tasks: must be one or more (got none)'];
  const keys = tasks.map(({ key }) => key);
  return keys.flatMap((key, index) => {
    if (!/^[\w-]{1,100}$/.test(key)) return [`tasks: a key is letters, digits, "_" and "-" (got "${key}")`];
    return keys.indexOf(key) === index ? [] : [`tasks: keys must differ (got "${key}" twice)`];
  });
}

function taskProblems({ tasks }: JobDefinition, { action, dependsOn, runIf }: JobTask): string[] {
  const problems = dependsOn.flatMap(({ task: on, outcome }) => {
    const found = tasks.find(({ key }) => key === on);
    if (!found) return [`depends_on: there is no task "${on}"`];
    if (outcome === undefined) return [];
    if (found.action.kind !== 'condition') return [`depends_on: "${on}" is no condition and has no outcome`];
    return outcome === 'true' || outcome === 'false' ? [] : [`depends_on: an outcome is "true" or "false" (got "${outcome}")`];
  });
  if (!RUN_IF.includes(runIf)) problems.push(`run_if: must be one of ${RUN_IF.join(', ')} (got "${runIf}")`);
  if (action.kind === 'condition' && !CONDITION_OPERATORS.includes(action.operator)) {
    problems.push(`condition_task.op: must be one of ${CONDITION_OPERATORS.join(', ')} (got "${action.operator}")`);
  }
  return problems;
}

function cycleProblems(job: JobDefinition): string[] {
  const cycle = job.tasks.find(({ key }) => upstreamOf(job, key).includes(key));
  return cycle ? [`tasks.${cycle.key}: it depends on itself, by way of ${upstreamOf(job, cycle.key).join(', ')}`] : [];
}

/** The tasks that have ended before this one starts; itself among them only where there is a cycle. */
export function upstreamOf({ tasks }: JobDefinition, key: string): readonly string[] {
  const found = new Set<string>();
  const visit = (of: string) => {
    for (const { task } of tasks.find((each) => each.key === of)?.dependsOn ?? []) {
      if (found.has(task)) continue;
      found.add(task);
      visit(task);
    }
  };
  visit(key);
  return [...found];
}

function referenceProblems(job: JobDefinition): string[] {
  const parameters = Object.keys(job.parameters);
  const defaults = Object.entries(job.parameters).flatMap(([name, text]) =>
    unknownReferences(text, { parameters: [] }).map((problem) => `parameters.${name}: ${problem}`),
  );
  const inTasks = job.tasks.flatMap(({ key, action }) => {
    const known = { parameters, task: true, upstream: upstreamOf(job, key) };
    const problems = textsOf(action).flatMap((text) => unknownReferences(text, known));
    return problems.map((problem) => `tasks.${key}: ${problem}`);
  });
  return [...defaults, ...inTasks];
}

/** The texts of a task in which references are replaced. */
function textsOf(action: JobTask['action']): readonly string[] {
  switch (action.kind) {
    case 'python':
      return action.parameters;
    case 'sql':
    case 'run_job':
      return Object.values(action.parameters);
    case 'condition':
      return [action.left, action.right];
    case 'pipeline':
      return [];
  }
}

function numberProblems(job: JobDefinition): string[] {
  const whole = (name: string, value: number, least: number) =>
    Number.isInteger(value) && value >= least ? [] : [`${name}: must be a whole number from ${least} (got ${value})`];
  return [
    ...whole('timeout_seconds', job.timeoutSeconds, 0),
    ...whole('max_concurrent_runs', job.maxConcurrentRuns, 1),
    ...job.tasks.flatMap((task) => [
      ...whole(`tasks.${task.key}.max_retries`, task.maxRetries, -1),
      ...whole(`tasks.${task.key}.min_retry_interval_millis`, task.minRetryIntervalMillis, 0),
      ...whole(`tasks.${task.key}.timeout_seconds`, task.timeoutSeconds, 0),
    ]),
  ];
}

function triggerProblems({ trigger }: JobDefinition): string[] {
  if (trigger === undefined) return [];
  if (trigger.kind === 'schedule') {
    try {
      nextFire(trigger, 0);
      return [];
    } catch (error) {
      return [`schedule: ${(error as Error).message}`];
    }
  }
  if (trigger.kind === 'periodic') {
    const { interval, unit } = trigger;
    return Number.isInteger(interval) && interval > 0 && PERIODS.includes(unit)
      ? []
      : [`trigger.periodic: must be a whole number of ${PERIODS.join(', ')} (got ${interval} ${unit})`];
  }
  const waits = [
    ['min_time_between_triggers_seconds', trigger.minTimeBetweenTriggersSeconds],
    ['wait_after_last_change_seconds', trigger.waitAfterLastChangeSeconds],
  ] as const;
  // Below a minute the platform refuses both; 0 is "not given".
  return waits.flatMap(([name, seconds]) =>
    seconds === 0 || seconds >= 60 ? [] : [`trigger.file_arrival.${name}: must be 60 or more (got ${seconds})`],
  );
}

function runJobProblems(job: JobDefinition, others: (name: string) => JobDefinition | undefined): string[] {
  return job.tasks.flatMap(({ key, action }) => {
    if (action.kind !== 'run_job') return [];
    const other = action.job === job.name ? job : others(action.job);
    if (!other) return [`tasks.${key}: there is no job "${action.job}"`];
    if (runs(other, job.name, others)) return [`tasks.${key}: job ${action.job} would run this job again`];
    const unknown = Object.keys(action.parameters).filter((name) => !Object.hasOwn(other.parameters, name));
    return unknown.map((name) => `tasks.${key}: job ${action.job} has no parameter "${name}"`);
  });
}

/** Whether a job is another one, or runs it, however far down. */
function runs(
  job: JobDefinition,
  wanted: string,
  others: (name: string) => JobDefinition | undefined,
  seen = new Set<string>(),
): boolean {
  if (job.name === wanted) return true;
  if (seen.has(job.name)) return false;
  seen.add(job.name);
  return job.tasks.some(({ action }) => {
    if (action.kind !== 'run_job') return false;
    const next = others(action.job);
    return action.job === wanted || (next !== undefined && runs(next, wanted, others, seen));
  });
}
