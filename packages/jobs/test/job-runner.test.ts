import { type JobDefinition, type JobRun, type RunResult, watchJobs } from '../src';
import { job, type Program, python, task, Workbench } from './support/jobs';
import { SimulatedClock } from './support/simulated-clock';

const SECOND = 1_000;
const clock = new SimulatedClock();
const benches: Workbench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.dispose();
});

function bench(jobs: JobDefinition | readonly JobDefinition[], programs: Readonly<Record<string, Program>> = {}): Workbench {
  const all = 'tasks' in jobs ? [jobs] : jobs;
  const made = new Workbench(clock, Object.fromEntries(all.map((each) => [each.name, each])), programs);
  benches.push(made);
  return made;
}

const takes =
  (seconds: number): Program =>
  async ({ signal }) => {
    await clock.sleep(seconds * SECOND, signal);
    signal.throwIfAborted();
    return undefined;
  };
const fails: Program = async () => {
  throw new Error('no luck');
};
/** Fails so many times, then succeeds. */
function failing(times: number): Program {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw new Error(`${left} to go`);
    return undefined;
  };
}

const results = (run: JobRun) => Object.fromEntries(run.tasks.map(({ key, result }) => [key, result]));

test('tasks run as soon as all that they depend on has ended, side by side where they can', async () => {
  const began = clock.now();
  const times: Record<string, number> = {};
  const noted =
    (seconds: number): Program =>
    async (execution, parameters) => {
      times[execution.task] = (clock.now() - began) / SECOND;
      return takes(seconds)(execution, parameters);
    };
  const tasks = [task('d', { after: ['b', 'c'] }), task('b', { after: ['a'] }), task('c', { after: ['a'] }), task('a')];
  const made = bench(job(tasks), { a: noted(10), b: noted(20), c: noted(5), d: noted(1) });
  const run = await clock.until(made.runner().run('job'));
  expect(times).toEqual({ a: 0, b: 10, c: 10, d: 30 });
  expect(run).toMatchObject({ state: 'TERMINATED', result: 'SUCCESS', repairs: 0, trigger: { type: 'one_time' } });
  expect(Date.parse(run.endedAt!) - Date.parse(run.startedAt)).toBe(31 * SECOND);
});

test('references are put in when a task starts: parameters, values of tasks, the run itself', async () => {
  const made = bench(
    job(
      [
        task('count', { action: python('count', '{{job.parameters.day}}', '{{task.name}}-{{task.execution_count}}') }),
        task('use', {
          after: ['count'],
          action: python('use', '{{tasks.count.values.rows}}', '{{tasks.count.values.`a list`}}', '{{tasks.count.result_state}}'),
        }),
        task('sql', { action: { kind: 'sql', file: 's.sql', parameters: { day: 'task', own: '{{job.id}}' } } }),
      ],
      { parameters: { day: '{{job.start_time.iso_date}}', other: 'x' } },
    ),
    { count: async () => ({ values: { rows: 12, 'a list': [1, 'b'] } }) },
  );
  const run = await clock.until(made.runner().run('job', { parameters: { other: 'given' } }));
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  expect(run.parameters).toEqual({ day, other: 'given' });
  expect(made.begun).toEqual([
    `count ${day} count-1`,
    `s.sql {"day":"${day}","own":"42","other":"given"}`,
    'use 12 [1,"b"] success',
  ]);
});

test('a condition chooses the branch', async () => {
  const branches = [
    task('a', { action: { kind: 'condition', left: '{{job.parameters.n}}', operator: 'GREATER_THAN', right: '9' } }),
    task('yes', { after: [{ task: 'a', outcome: 'true' }] }),
    task('no', { after: [{ task: 'a', outcome: 'false' }] }),
    task('after no', { after: ['no'] }),
    task('join', { after: ['yes', 'no'], runIf: 'NONE_FAILED' }),
  ].map((each) => ({ ...each, key: each.key.replace(' ', '_') }));
  const made = bench(job(branches, { parameters: { n: '10' } }));
  const run = await clock.until(made.runner().run('job'));
  expect(results(run)).toEqual({ a: 'SUCCESS', yes: 'SUCCESS', no: 'EXCLUDED', after_no: 'EXCLUDED', join: 'SUCCESS' });
  expect(run.result).toBe('SUCCESS');
  const other = await clock.until(made.runner().run('job', { parameters: { n: '9' } }));
  expect(results(other)).toMatchObject({ yes: 'EXCLUDED', no: 'SUCCESS', after_no: 'SUCCESS', join: 'SUCCESS' });
  const wrong = await clock.until(made.runner().run('job', { parameters: { n: 'ten' } }));
  expect(wrong.tasks[0]!.error).toMatchObject({ code: 'JOB_CONDITION', message: expect.stringContaining('"ten"') });
});

test('an attempt that fails is made again, no sooner than the interval after the start of the one before', async () => {
  const made = bench(job([task('a', { maxRetries: 2, minRetryIntervalMillis: 30 * SECOND })]), { a: failing(2) });
  const run = await clock.until(made.runner().run('job'));
  const { attempts, result, error } = run.tasks[0]!;
  expect(result).toBe('SUCCESS');
  expect(error).toBeUndefined();
  expect(attempts.map(({ result }) => result)).toEqual(['FAILED', 'FAILED', 'SUCCESS']);
  const starts = attempts.map(({ startedAt }) => Date.parse(startedAt));
  expect([starts[1]! - starts[0]!, starts[2]! - starts[1]!]).toEqual([30 * SECOND, 30 * SECOND]);
});

test('retries end: the run has the error of the last attempt', async () => {
  const made = bench(job([task('a', { maxRetries: 1 }), task('b', { after: ['a'] })]), { a: failing(9) });
  const run = await clock.until(made.runner().run('job'));
  expect(results(run)).toEqual({ a: 'FAILED', b: 'UPSTREAM_FAILED' });
  expect(run).toMatchObject({ result: 'FAILED', error: { message: 'task a: 7 to go' } });
});

test.each<[boolean, number]>([
  [false, 1],
  [true, 3],
])('an attempt that takes too long is ended; tried again where that is wanted (%s)', async (retryOnTimeout, attempts) => {
  const made = bench(job([task('a', { timeoutSeconds: 60, maxRetries: 2, retryOnTimeout })]), { a: takes(3600) });
  const run = await clock.until(made.runner().run('job'));
  expect(run.tasks[0]).toMatchObject({ result: 'TIMEDOUT', error: { code: 'JOB_TASK_TIMEOUT' } });
  expect(run.tasks[0]!.attempts).toHaveLength(attempts);
  expect(run.result).toBe('FAILED');
});

test('a run that takes too long is ended with all that is at work; what was not begun is skipped', async () => {
  const made = bench(
    job([task('a'), task('b', { after: ['a'] }), task('last', { after: ['b'], runIf: 'ALL_DONE' })], { timeoutSeconds: 60 }),
    { a: takes(10), b: takes(600) },
  );
  const began = clock.now();
  const run = await clock.until(made.runner().run('job'));
  expect(clock.now() - began).toBe(60 * SECOND);
  expect(results(run)).toEqual({ a: 'SUCCESS', b: 'TIMEDOUT', last: 'SKIPPED' });
  expect(run).toMatchObject({ result: 'TIMEDOUT', error: { code: 'JOB_TIMEOUT' } });
});

test('a run that is cancelled', async () => {
  const made = bench(job([task('a', { maxRetries: 5 }), task('b', { after: ['a'] })]), { a: takes(600) });
  const cancel = new AbortController();
  const going = made.runner().run('job', { signal: cancel.signal });
  await clock.pass(5 * SECOND);
  cancel.abort();
  const run = await clock.until(going);
  expect(results(run)).toEqual({ a: 'CANCELED', b: 'SKIPPED' });
  expect(run.result).toBe('CANCELED');
});

test('a job that runs another one waits for it, and gives it what it knows by name', async () => {
  const inner = job(
    [task('deep', { action: python('deep', '{{job.parameters.day}} {{job.parameters.x}} {{job.trigger.type}}') })],
    {
      name: 'inner',
      parameters: { day: 'none', x: 'none' },
    },
  );
  const outer = job([task('call', { action: { kind: 'run_job', job: 'inner', parameters: { x: '{{job.name}}' } } })], {
    parameters: { day: 'monday', unknown_inside: '1' },
  });
  const made = bench([inner, outer]);
  expect((await clock.until(made.runner().run('job'))).result).toBe('SUCCESS');
  expect(made.begun).toEqual(['deep monday job run_job_task']);
});

test('what goes wrong in the other job fails the task that ran it', async () => {
  const inner = job([task('deep')], { name: 'inner' });
  const outer = job([task('call', { action: { kind: 'run_job', job: 'inner', parameters: {} } })]);
  const run = await clock.until(bench([inner, outer], { deep: fails }).runner().run('job'));
  expect(run.tasks[0]!.error).toMatchObject({ code: 'JOB_RUN_JOB', message: expect.stringContaining('FAILED: deep: no luck') });
});

test('a repair runs what did not succeed and keeps the rest, with the definition as it is now', async () => {
  const failOnce = failing(1);
  const tasks = [task('a'), task('b', { after: ['a'] }), task('c', { after: ['b'] }), task('d', { after: ['a'] })];
  const made = bench(job(tasks, { parameters: { day: '1' } }), { b: failOnce });
  const first = await clock.until(made.runner().run('job', { parameters: { day: '2' } }));
  expect(results(first)).toEqual({ a: 'SUCCESS', b: 'FAILED', c: 'UPSTREAM_FAILED', d: 'SUCCESS' });
  await clock.pass(3600 * SECOND);
  made.jobs.job = job([...tasks, task('e', { action: python('e', '{{job.repair_count}}') })], { parameters: { day: '1' } });
  const repaired = await clock.until(made.runner().repair('job'));
  expect(made.begun).toEqual(['a', 'b', 'd', 'b', 'e 1', 'c']);
  expect(repaired).toMatchObject({ id: first.id, result: 'SUCCESS', repairs: 1, parameters: { day: '2' } });
  expect(repaired.error).toBeUndefined();
  expect(repaired.tasks[1]!.attempts.map(({ result }) => result)).toEqual(['FAILED', 'SUCCESS']);
  await expect(made.runner().repair('job')).rejects.toMatchObject({ code: 'JOB_NOTHING_TO_REPAIR', exitCode: 2 });
});

test.each<[boolean, RunResult, number]>([
  [true, 'SUCCESS', 20],
  [false, 'MAXIMUM_CONCURRENT_RUNS_REACHED', 0],
])('a run beyond the most at a time waits for its turn, or is skipped (queue: %s)', async (queue, result, seconds) => {
  const made = bench(job([task('a')], { queue }), { a: takes(10) });
  const began = clock.now();
  const [first, second] = [made.runner().run('job'), made.runner().run('job')];
  expect((await clock.until(first)).result).toBe('SUCCESS');
  const run = await clock.until(second);
  expect(run.result).toBe(result);
  const ended = run.tasks[0]!.attempts.at(-1)?.endedAt;
  // It looks once a second whether it is its turn.
  if (seconds > 0) expect((Date.parse(ended!) - began) / SECOND).toBeCloseTo(seconds, -1);
  else expect(made.begun).toEqual(['a']);
});

test('no more runs at a time than may be, and the oldest first', async () => {
  const made = bench(
    job([task('a', { action: python('a', '{{job.parameters.n}}') })], { maxConcurrentRuns: 2, parameters: { n: '' } }),
    {
      a: takes(10),
    },
  );
  let most = 0;
  const onChange = () => {
    most = Math.max(most, made.history.runs('job').filter(({ state }) => state === 'RUNNING').length);
  };
  const runs = [1, 2, 3, 4, 5].map((n) => made.runner().run('job', { parameters: { n: String(n) }, onChange }));
  await clock.until(Promise.all(runs));
  expect(most).toBe(2);
  expect(made.begun).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5']);
});

test.each<[string, Record<string, string>, string]>([
  ['one that the job does not have', { dya: '1' }, 'there is no parameter "dya"'],
  ['a reference that there is not', { day: '{{job.nothing}}' }, 'a job has no "nothing"'],
])('refused parameter of a run: %s', async (_, parameters, message) => {
  const made = bench(job([task('a')], { parameters: { day: '1' } }));
  await expect(made.runner().run('job', { parameters })).rejects.toMatchObject({
    code: 'JOB_PARAMETER',
    exitCode: 2,
    message: expect.stringContaining(message),
  });
  expect(made.history.runs('job')).toEqual([]);
});

test('a value that no task has set fails the task that wants it', async () => {
  const made = bench(job([task('a'), task('b', { after: ['a'], action: python('b', '{{tasks.a.values.rows}}') })]));
  const run = await clock.until(made.runner().run('job'));
  expect(run.tasks[1]).toMatchObject({ result: 'FAILED', error: { code: 'JOB_REFERENCE' } });
});

describe('schedules and triggers', () => {
  /** Watches a job for a time; when its runs were fired, in seconds from the beginning. */
  async function fired(definition: JobDefinition, seconds: number, files: (at: number) => readonly string[] = () => []) {
    const began = clock.now();
    const end = new AbortController();
    const times: number[] = [];
    const errors: unknown[] = [];
    const watching = watchJobs({
      jobs: () => [definition],
      clock,
      signal: end.signal,
      files: async () => files((clock.now() - began) / SECOND),
      fire: async (_, trigger) => {
        times.push((Date.parse(trigger.time) - began) / SECOND);
      },
      onError: (_, error) => errors.push(error),
    });
    await clock.pass(seconds * SECOND);
    end.abort();
    await clock.until(watching);
    expect(errors).toEqual([]);
    return times;
  }
  const HOUR = 3600;

  test('a schedule fires when it is due, in its time zone; a paused one does not', async () => {
    await clock.pass(HOUR * SECOND - (clock.now() % (HOUR * SECOND)));
    const schedule = { kind: 'schedule', cron: '0 0/20 * * * ?', timezone: 'UTC', paused: false } as const;
    expect(await fired(job([task('a')], { trigger: schedule }), 2 * HOUR - 1)).toEqual([1200, 2400, 3600, 4800, 6000]);
    await clock.pass(SECOND);
    expect(await fired(job([task('a')], { trigger: { ...schedule, paused: true } }), 2 * HOUR)).toEqual([]);
  });

  test('a period', async () => {
    const trigger = { kind: 'periodic', interval: 2, unit: 'HOURS', paused: false } as const;
    expect(await fired(job([task('a')], { trigger }), 5 * HOUR)).toEqual([2 * HOUR, 4 * HOUR]);
  });

  test('files that arrive: new names only, once they have come to rest, and no oftener than may be', async () => {
    const trigger = {
      kind: 'file_arrival',
      url: '/Volumes/a/b/c/',
      minTimeBetweenTriggersSeconds: 600,
      waitAfterLastChangeSeconds: 60,
      paused: false,
    } as const;
    const arrivals = [
      ['old', -1],
      ['first', 100],
      ['second', 130],
      ['third', 400],
    ] as const;
    const times = await fired(job([task('a')], { trigger }), 2000, (at) =>
      arrivals.flatMap(([name, came]) => (came <= at ? [name] : [])),
    );
    expect(times).toEqual([190, 790]);
  });
});
