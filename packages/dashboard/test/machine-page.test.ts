import { createDashboardServer, type MachineView } from '../src';
import { answering, resultOf } from './fixtures';

const ATTACK = '<img src=x onerror=alert(1)>';
const view: MachineView = {
  id: 'nightly',
  name: `nightly ${ATTACK}`,
  states: [
    { name: 'Begin', kind: 'Pass', status: 'success', entered: 1, failed: 0, durationMs: 2 },
    { name: 'Tables', kind: 'Map', status: 'success', entered: 1, failed: 0, durationMs: 62_000 },
    { name: 'Load', kind: 'Parallel', inside: 'Tables', status: 'success', entered: 3, failed: 0, durationMs: 61_000 },
    { name: 'Job failed', kind: 'Fail', inside: 'Load', status: 'failed', entered: 1, failed: 1 },
    { name: 'Done', kind: 'Succeed', status: 'never', entered: 0, failed: 0 },
    { name: 'Gave up', kind: 'Fail', status: 'failed', entered: 1, failed: 1 },
  ],
  transitions: [
    { from: 'Begin', to: 'Tables' },
    { from: 'Tables', to: 'Begin' },
    { from: 'Tables', to: 'Done' },
    { from: 'Tables', to: 'Gave up', caught: 'any error' },
  ],
  executions: [
    {
      id: 'e2',
      status: 'failed',
      startedAt: '2026-06-01T12:00:00Z',
      durationMs: 63_000,
      path: ['Begin', 'Tables', 'Load (×3)', 'Job failed', 'Gave up'],
      reason: `JobFailed: ${ATTACK}`,
      states: { Begin: 'success', Tables: 'success', Load: 'success', 'Job failed': 'failed', 'Gave up': 'failed' },
    },
    {
      id: 'e1',
      status: 'success',
      startedAt: '2026-06-01T11:00:00Z',
      durationMs: 1_000,
      path: ['Begin', 'Tables', 'Load', 'Done'],
      states: { Begin: 'success', Tables: 'success', Load: 'success', Done: 'success' },
    },
  ],
};

function serverOf(shown: MachineView) {
  return createDashboardServer({
    dashboards: async () => [],
    query: answering(resultOf([])),
    machines: {
      list: async () => [{ id: shown.id, name: shown.name, note: 'last execution: failed' }],
      view: async (id) => (id === shown.id ? shown : undefined),
    },
    now: () => new Date('2026-06-01T12:00:00Z'),
  });
}
const server = serverOf(view);

test('state machines are listed and linked; one that is not deployed is not found', async () => {
  const { body } = await server.inject('/');
  expect(body).toContain('<a href="/machines/nightly">');
  expect(body).toContain('last execution: failed');
  expect((await server.inject('/api/machines/nightly')).json()).toEqual(view);
  expect((await server.inject('/api/machines')).json()).toMatchObject([{ id: 'nightly' }]);
  for (const path of ['/machines/other', '/machines/other/content', '/api/machines/other'])
    expect((await server.inject(path)).statusCode).toBe(404);
});

test('its own states are drawn, those inside told in the box of their container; no line leaves the picture', async () => {
  const { body } = await server.inject('/machines/nightly');
  expect(body).not.toContain('<img');
  const boxes = [...body.matchAll(/<g class="state (\w+)" data-state="([^"]+)"/g)].map(([, status, name]) => [name, status]);
  expect(boxes).toEqual([
    ['Begin', 'success'],
    ['Tables', 'success'],
    ['Done', 'never'],
    ['Gave up', 'failed'],
  ]);
  expect(body).toContain('>2 states inside</text>');
  expect(body).toMatch(/<path class="edge caught".*\n*.*>any error<\/text>/);
  const [, top, height] = /viewBox="0 (-?\d+) \d+ (\d+)"/.exec(body)!.map(Number);
  const ys = [...body.matchAll(/ d="(M[^"]+)" marker-end/g)].flatMap(([, path]) =>
    path!.split(/[ML]/).flatMap((point) => (point === '' ? [] : [Number(point.split(' ')[1])])),
  );
  expect(ys.length).toBeGreaterThan(8);
  for (const y of ys) expect(y >= top! && y <= top! + height!).toBe(true);
});

test('a box tells which state inside it is at work', async () => {
  const states = view.states.map((state) => (state.name === 'Load' ? { ...state, status: 'running' as const } : state));
  expect((await serverOf({ ...view, states }).inject('/machines/nightly')).body).toMatch(/class="fact"[^>]*>Load<\/text>/);
});

test('states that were entered, with the container, times and failures; executions with path, error and cause', async () => {
  const { body } = await server.inject('/machines/nightly');
  const rows = [...body.matchAll(/<tr role="row">(<td.*?)<\/tr>/gs)].map(([, cells]) =>
    [...cells!.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, text]) => text),
  );
  expect(rows).toEqual([
    ['Begin', '–', 'Pass', 'success', '1', '0', '2 ms'],
    ['Tables', '–', 'Map', 'success', '1', '0', '1 min 2 s'],
    ['Load', 'Tables', 'Parallel', 'success', '3', '0', '1 min 1 s'],
    ['Job failed', 'Load', 'Fail', 'failed', '1', '1', '–'],
    ['Gave up', '–', 'Fail', 'failed', '1', '1', '–'],
    [
      '1 Jun 2026, 12:00:00 UTC',
      'failed',
      '1 min 3 s',
      'e2',
      'Begin, Tables, Load (×3), Job failed, Gave up',
      'JobFailed: &lt;img src=x onerror=alert(1)&gt;',
    ],
    ['1 Jun 2026, 11:00:00 UTC', 'success', '1.0 s', 'e1', 'Begin, Tables, Load, Done', ''],
  ]);
});

test('executions by state, the latest on the right; a state that an execution did not enter is left out', async () => {
  const { body } = await server.inject('/machines/nightly');
  const rows = [...body.matchAll(/<tr><th scope="row">([\w ]+)<\/th>(.*?)<\/tr>/gs)];
  const states = rows.map(([, state, cells]) => [
    state,
    ...[...cells!.matchAll(/<td>(?:<span class="state (\w+)")?/g)].map(([, status]) => status),
  ]);
  expect(states).toEqual([
    ['Begin', 'success', 'success'],
    ['Tables', 'success', 'success'],
    ['Load', 'success', 'success'],
    ['Job failed', undefined, 'failed'],
    ['Done', 'success', undefined],
    ['Gave up', undefined, 'failed'],
  ]);
});

test.each<[string, MachineView, string]>([
  ['often while an execution goes on', { ...view, executions: [{ ...view.executions![0]!, status: 'running' }] }, '1000'],
  ['seldom otherwise', view, '5000'],
])('what changes is asked for %s', async (_, shown, every) => {
  expect((await serverOf(shown).inject('/machines/nightly/content')).body).toContain(`data-every="${every}"`);
});

const never = view.states.map((state) => ({ ...state, status: 'never' as const, entered: 0, failed: 0 }));

test('a machine that was never executed says so', async () => {
  const { body } = await serverOf({ ...view, states: never, executions: [] }).inject('/machines/nightly');
  expect(body).toContain('The state machine was not executed yet');
  expect(body).toContain('No state was entered yet');
});

test('executions that cannot be had are not told as none', async () => {
  const { executions: _, ...unknown } = { ...view, states: never };
  const { body } = await serverOf(unknown).inject('/machines/nightly');
  expect(body).toContain('The AWS API does not run, which keeps the executions: lakewright up');
  expect(body).not.toContain('not executed yet');
});
