import { createDashboardServer, type JobView } from '../src';
import { answering, resultOf } from './fixtures';

const ATTACK = '<img src=x onerror=alert(1)>';
const view: JobView = {
  id: 'nightly',
  name: `nightly ${ATTACK}`,
  starts: 'paused',
  tasks: [
    { key: 'generate', kind: 'python', about: '/a/generate.py', status: 'success', attempts: 1, durationMs: 4_200, logged: true },
    {
      key: 'many',
      kind: 'condition',
      about: `1 EQUAL_TO ${ATTACK}`,
      status: 'success',
      attempts: 1,
      detail: 'true',
      logged: false,
    },
    {
      key: 'update',
      kind: 'pipeline',
      about: 'shop',
      status: 'failed',
      attempts: 2,
      durationMs: 900,
      page: '/pipelines/shop',
      reason: `SHOP: ${ATTACK}`,
      logged: false,
    },
  ],
  edges: [
    { from: 'generate', to: 'many' },
    { from: 'many', to: 'update', outcome: 'true' },
  ],
  runs: [
    {
      id: 'r2',
      status: 'failed',
      startedAt: '2026-06-01T12:00:00Z',
      durationMs: 5_000,
      startedBy: 'by hand',
      repairs: 1,
      reason: `SHOP: ${ATTACK}`,
      tasks: { generate: 'success', many: 'success', update: 'failed' },
    },
    {
      id: 'r1',
      status: 'interrupted',
      startedAt: '2026-06-01T11:00:00Z',
      durationMs: 1_000,
      startedBy: 'schedule',
      repairs: 0,
      tasks: { generate: 'failed' },
    },
  ],
};

function serverOf(shown: JobView) {
  return createDashboardServer({
    dashboards: async () => [],
    query: answering(resultOf([])),
    jobs: {
      list: async () => [{ id: shown.id, name: shown.name, note: 'last run: failed' }],
      view: async () => shown,
      log: async (_, task) => `log of ${task} ${ATTACK}\n`,
    },
    now: () => new Date('2026-06-01T12:00:00Z'),
  });
}
const server = serverOf(view);

test('jobs are listed and linked', async () => {
  const { body } = await server.inject('/');
  expect(body).toContain('<a href="/jobs/nightly">');
  expect(body).toContain('last run: failed');
  expect((await server.inject('/api/jobs/nightly')).json()).toEqual(view);
});

test('one is drawn from left to right with its outcomes, states, times and the reason of a failure', async () => {
  const { body } = await server.inject('/jobs/nightly');
  expect(body).not.toContain('<img');
  const places = [...body.matchAll(/<g class="task (\w+)" data-task="([^"]+)" transform="translate\(([\d.]+) /g)];
  expect(places.map(([, status, name]) => [name, status])).toEqual([
    ['generate', 'success'],
    ['many', 'success'],
    ['update', 'failed'],
  ]);
  const x = places.map(([, , , at]) => Number(at));
  expect(x).toEqual(x.toSorted((a, b) => a - b));
  for (const text of [
    '>true</text>',
    '900 ms · 2 attempts',
    'pipeline · failed',
    '<a href="/pipelines/shop">shop</a>',
    'SHOP: &lt;img',
  ]) {
    expect(body).toContain(text);
  }
});

test('runs by task, the latest on the right; a task that a run did not have is left out', async () => {
  const { body } = await server.inject('/jobs/nightly');
  const rows = [...body.matchAll(/<tr><th scope="row">(\w+)<\/th>(.*?)<\/tr>/gs)];
  const states = rows.map(([, task, cells]) => [
    task,
    ...[...cells!.matchAll(/<td>(?:<span class="state (\w+)")?/g)].map(([, state]) => state),
  ]);
  expect(states).toEqual([
    ['generate', 'failed', 'success'],
    ['many', undefined, 'success'],
    ['update', undefined, 'failed'],
  ]);
  expect(body).toContain('by hand');
  expect(body).toContain('interrupted');
});

test('a task that has written a log links to it; it is served as text', async () => {
  const { body } = await server.inject('/jobs/nightly');
  expect([...body.matchAll(/href="([^"]+\/log)"/g)].map(([, link]) => link)).toEqual(['/jobs/nightly/tasks/generate/log']);
  const log = await server.inject('/jobs/nightly/tasks/generate/log');
  expect([log.headers['content-type'], log.body]).toEqual(['text/plain; charset=utf-8', `log of generate ${ATTACK}\n`]);
  expect((await server.inject('/jobs/other/tasks/generate/log')).statusCode).toBe(404);
});

test.each<[string, JobView, string]>([
  ['often while a run goes on', { ...view, runs: [{ ...view.runs[0]!, status: 'running' }] }, 'data-every="1000"'],
  ['seldom otherwise', view, 'data-every="5000"'],
])('what changes is asked for %s', async (_, shown, every) => {
  expect((await serverOf(shown).inject('/jobs/nightly/content')).body).toContain(every);
});

test('a job that was never run says so', async () => {
  const never = { ...view, runs: [], tasks: view.tasks.map((task) => ({ ...task, status: 'never' as const })) };
  expect((await serverOf(never).inject('/jobs/nightly')).body).toContain('The job was not run yet');
});
