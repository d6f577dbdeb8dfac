import type { JobDefinition, JobRun, JobTask, TaskAction } from '@lakewright/jobs';
import { jobView } from '../src/services/web/job-view';

function taskOf(key: string, action: TaskAction, dependsOn: JobTask['dependsOn'] = []): JobTask {
  const none = { maxRetries: 0, minRetryIntervalMillis: 0, retryOnTimeout: false, timeoutSeconds: 0 };
  return { key, action, dependsOn, runIf: 'ALL_SUCCESS', ...none };
}

const job: JobDefinition = {
  name: 'shop_job',
  id: '1',
  tasks: [
    taskOf('generate', { kind: 'python', file: '/shop/generate.py', parameters: [] }),
    taskOf('update', { kind: 'pipeline', pipeline: 'shop', fullRefresh: false }, [{ task: 'generate' }]),
  ],
  parameters: {},
  timeoutSeconds: 0,
  maxConcurrentRuns: 1,
  queue: true,
};
const NOW = Date.parse('2026-06-01T12:00:10Z');

const run: JobRun = {
  id: 'r',
  job: 'shop_job',
  trigger: { type: 'periodic', time: '2026-06-01T12:00:00Z' },
  parameters: {},
  startedAt: '2026-06-01T12:00:00Z',
  begunAt: '2026-06-01T12:00:00Z',
  ranMs: 0,
  state: 'RUNNING',
  repairs: 0,
  tasks: [
    {
      key: 'generate',
      kind: 'python',
      about: '/shop/generate.py',
      dependsOn: [],
      state: 'TERMINATED',
      result: 'SUCCESS',
      attempts: [{ id: 'a', startedAt: '2026-06-01T12:00:00Z', endedAt: '2026-06-01T12:00:04Z', result: 'SUCCESS' }],
    },
    {
      key: 'update',
      kind: 'pipeline',
      about: 'shop',
      dependsOn: [{ task: 'generate' }],
      state: 'RUNNING',
      attempts: [{ id: 'b', startedAt: '2026-06-01T12:00:04Z' }],
    },
  ],
};

test('a run that goes on: times so far, links, and what has a log', () => {
  const view = jobView(job, [run], (_, task) => task === 'generate', NOW);
  expect(view).toMatchObject({ starts: 'by hand', edges: [{ from: 'generate', to: 'update' }] });
  expect(view.tasks).toEqual([
    {
      key: 'generate',
      kind: 'python',
      about: '/shop/generate.py',
      status: 'success',
      attempts: 1,
      durationMs: 4_000,
      logged: true,
    },
    {
      key: 'update',
      kind: 'pipeline',
      about: 'shop',
      status: 'running',
      attempts: 1,
      durationMs: 6_000,
      page: '/pipelines/shop',
      logged: false,
    },
  ]);
  expect(view.runs).toEqual([
    {
      id: 'r',
      status: 'running',
      startedAt: '2026-06-01T12:00:00Z',
      durationMs: 10_000,
      startedBy: 'schedule',
      repairs: 0,
      tasks: { generate: 'success', update: 'running' },
    },
  ]);
});

test('before the first run there is the definition', () => {
  const view = jobView(job, [], () => true, NOW);
  expect(view.tasks.map(({ key, about, status, logged }) => [key, about, status, logged])).toEqual([
    ['generate', '/shop/generate.py', 'never', false],
    ['update', 'shop', 'never', false],
  ]);
  expect(view.runs).toEqual([]);
});

test('a run whose process died is interrupted', () => {
  const broken: JobRun = {
    ...run,
    state: 'INTERNAL_ERROR',
    result: 'FAILED',
    error: { code: 'JOB_INTERRUPTED', message: 'gone' },
  };
  expect(jobView(job, [broken], () => false, NOW).runs[0]).toMatchObject({
    status: 'interrupted',
    reason: 'JOB_INTERRUPTED: gone',
  });
});
