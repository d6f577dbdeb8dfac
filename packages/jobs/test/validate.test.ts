import { type JobDefinition, type JobTask, validateJob } from '../src';
import { job, python, task } from './support/jobs';

const other = job([task('a')], { name: 'other', parameters: { day: '1' } });
const caller = job([task('call', { action: { kind: 'run_job', job: 'job', parameters: {} } })], { name: 'caller' });
const known = (name: string) => ({ other, caller })[name];
const runs = (name: string, parameters: Record<string, string> = {}) =>
  task('a', { action: { kind: 'run_job', job: name, parameters } });
const file = { kind: 'file_arrival', url: '/Volumes/a/b/c', minTimeBetweenTriggersSeconds: 0, paused: false } as const;

/** Every mistake that is found in a job. */
function mistakes(definition: JobDefinition): string {
  try {
    validateJob(definition, known);
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'JOB_INVALID' });
    return (error as Error).message;
  }
}

test('a job of everything', () => {
  const tasks = [
    task('a', { maxRetries: -1 }),
    task('b', { after: ['a'], action: { kind: 'condition', left: '{{tasks.a.values.n}}', operator: 'EQUAL_TO', right: '1' } }),
    task('c', {
      after: [{ task: 'b', outcome: 'true' }],
      action: python('c', '{{tasks.a.result_state}}', '{{job.trigger.time.iso_date}}'),
    }),
    task('d', { action: { kind: 'run_job', job: 'other', parameters: { day: '{{workspace.url}}' } } }),
  ];
  const trigger = { kind: 'schedule', cron: '0 0 6 ? * MON-FRI', timezone: 'Europe/Zurich', paused: false } as const;
  expect(mistakes(job(tasks, { parameters: { day: '{{job.start_time.iso_date}}' }, trigger }))).toBe('');
});

const withTasks = (...tasks: JobTask[]) => job(tasks);

test.each<[string, JobDefinition, string]>([
  ['no task', withTasks(), 'tasks: must be one or more (got none)'],
  ['a key twice', withTasks(task('a'), task('a')), 'keys must differ (got "a" twice)'],
  ['a key with a blank', withTasks(task('a b')), '(got "a b")'],
  ['a dependency that is not there', withTasks(task('a', { after: ['b'] })), 'tasks.a: depends_on: there is no task "b"'],
  ['an outcome of what has none', withTasks(task('a'), task('b', { after: [{ task: 'a', outcome: 'true' }] })), 'has no outcome'],
  ['a task after itself', withTasks(task('a', { after: ['a'] })), 'tasks.a: it depends on itself'],
  [
    'a circle',
    withTasks(task('a', { after: ['c'] }), task('b', { after: ['a'] }), task('c', { after: ['b'] })),
    'it depends on itself, by way of c, b, a',
  ],
  ['a rule that there is not', withTasks(task('a', { runIf: 'SOMETIMES' as never })), 'run_if: must be one of ALL_SUCCESS'],
  [
    'a comparison that there is not',
    withTasks(task('a', { action: { kind: 'condition', left: '1', operator: 'LIKE' as never, right: '1' } })),
    'condition_task.op: must be one of EQUAL_TO',
  ],
  ['an unknown reference', withTasks(task('a', { action: python('a', '{{job.notebook_url}}') })), 'a job has no "notebook_url"'],
  ['a reference of no kind', withTasks(task('a', { action: python('a', '{{secrets.x}}') })), 'there is no such reference'],
  ['a brace too few', withTasks(task('a', { action: python('a', '{{job.id}') })), 'a brace too many or too few'],
  ['a time that there is not', withTasks(task('a', { action: python('a', '{{job.start_time.iso_week}}') })), 'a job has no'],
  [
    'a parameter that there is not',
    withTasks(task('a', { action: python('a', '{{job.parameters.x}}') })),
    'has no parameter "x"',
  ],
  [
    'a value of a task that need not have ended',
    withTasks(task('a', { action: python('a', '{{tasks.b.values.x}}') }), task('b')),
    '"b" is no task that this one depends on',
  ],
  ['a default that refers to a task', job([task('a')], { parameters: { x: '{{task.name}}' } }), 'parameters.x: {{task.name}}'],
  ['a job that there is not', withTasks(runs('none')), 'tasks.a: there is no job "none"'],
  ['a job that runs itself', withTasks(runs('job')), 'job job would run this job again'],
  ['jobs that run each other', withTasks(runs('caller')), 'job caller would run this job again'],
  [
    'a parameter that the other job does not have',
    withTasks(runs('other', { night: '1' })),
    'job other has no parameter "night"',
  ],
  [
    'retries below for ever',
    withTasks(task('a', { maxRetries: -2 })),
    'tasks.a.max_retries: must be a whole number from -1 (got -2)',
  ],
  ['no run at a time', job([task('a')], { maxConcurrentRuns: 0 }), 'max_concurrent_runs'],
  [
    'a schedule that cannot be read',
    job([task('a')], { trigger: { kind: 'schedule', cron: '* * *', timezone: 'UTC', paused: true } }),
    'schedule: "* * *" cannot be scheduled',
  ],
  [
    'files that are waited for too briefly',
    job([task('a')], { trigger: { ...file, waitAfterLastChangeSeconds: 5 } }),
    'trigger.file_arrival.wait_after_last_change_seconds: must be 60 or more (got 5)',
  ],
  [
    'a period of minutes',
    job([task('a')], { trigger: { kind: 'periodic', interval: 5, unit: 'MINUTES' as never, paused: false } }),
    '(got 5 MINUTES)',
  ],
])('refused: %s', (_, definition, message) => {
  expect(mistakes(definition)).toContain(message);
});

test('every mistake is told at once', () => {
  const told = mistakes(withTasks(task('a', { after: ['b'], maxRetries: -3 }), task('a')));
  for (const part of ['twice', 'there is no task "b"', 'max_retries']) expect(told).toContain(part);
});
