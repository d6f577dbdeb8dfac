import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { currentStates, type Execution } from '../src/executions/execution';
import { shortPath, visitsOf } from '../src/executions/visits';
import { type Flow, machineView } from '../src/services/web/machine-view';

const BEGIN = Date.parse('2026-06-01T12:00:00Z');

/** `[second, 'Task', '+Load']`: entered; `-Load`: exited. */
function history(...events: readonly (readonly [number, string, string])[]): HistoryEvent[] {
  return events.map(([second, kind, what], index) => ({
    id: index + 1,
    timestamp: new Date(BEGIN + second * 1000),
    type: `${kind}State${what.startsWith('+') ? 'Entered' : 'Exited'}` as HistoryEvent['type'],
    [what.startsWith('+') ? 'stateEnteredEventDetails' : 'stateExitedEventDetails']: { name: what.slice(1) },
  }));
}

function execution(status: Execution['status'], events: readonly HistoryEvent[], more: Partial<Execution> = {}): Execution {
  const startedAt = new Date(BEGIN).toISOString();
  const states = visitsOf(events);
  return { arn: 'arn', machine: 'nightly', name: 'e', status, startedAt, seconds: 60, path: [], states, ...more };
}

test('states in the order of their first entries; what else is in a history is none', () => {
  const events = history(
    [0, 'Pass', '+Begin'],
    [1, 'Pass', '-Begin'],
    [1, 'Wait', '+Wait'],
    [3, 'Wait', '-Wait'],
    [4, 'Wait', '+Wait'],
  );
  const started: HistoryEvent = { id: 0, type: 'ExecutionStarted', timestamp: new Date(BEGIN) };
  const states = visitsOf([started, ...events, ...history([9, 'Wait', '-Wait'])]);
  expect(states).toEqual([
    { state: 'Begin', kind: 'Pass', entered: 1, exited: 1, seconds: 1 },
    { state: 'Wait', kind: 'Wait', entered: 2, exited: 2, seconds: 7 },
  ]);
  expect(shortPath(states)).toEqual(['Begin', 'Wait (×2)']);
});

test('the time of branches that run at once is counted once', () => {
  const [load] = visitsOf(history([0, 'Task', '+Load'], [2, 'Task', '+Load'], [5, 'Task', '-Load'], [9, 'Task', '-Load']));
  expect(load).toEqual({ state: 'Load', kind: 'Task', entered: 2, exited: 2, seconds: 9 });
});

test('the time of an attempt that failed does not count for the next', () => {
  const [load] = visitsOf(history([0, 'Task', '+Load'], [20, 'Task', '+Load'], [25, 'Task', '-Load']));
  expect(load).toEqual({ state: 'Load', kind: 'Task', entered: 2, exited: 1, seconds: 5 });
});

test('where an execution is: of a container the states inside', () => {
  const inside = history([0, 'Map', '+Tables'], [1, 'Task', '+Load'], [2, 'Fail', '+Job failed'], [3, 'Wait', '+Wait']);
  expect(currentStates(execution('RUNNING', inside))).toEqual(['Load', 'Wait']);
  expect(currentStates(execution('RUNNING', history([0, 'Map', '+Tables'])))).toEqual(['Tables']);
  expect(currentStates(execution('FAILED', inside))).toEqual([]);
});

const FLOW: Flow = {
  StartAt: 'Tables',
  States: {
    Tables: {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'Load',
        States: {
          Load: { Type: 'Parallel', Branches: [{ StartAt: 'Work', States: { Work: { Type: 'Task' } } }], Next: 'Note' },
          Note: { Type: 'Pass' },
        },
      },
      Catch: [
        { ErrorEquals: ['JobFailed'], Next: 'Gave up' },
        { ErrorEquals: ['States.ALL'], Next: 'Gave up' },
      ],
      Next: 'Good?',
    },
    'Good?': { Type: 'Choice', Choices: [{ Next: 'Done' }, { Next: 'Done' }], Default: 'Tables' },
    'Gave up': { Type: 'Fail' },
    Done: { Type: 'Succeed' },
  },
};

test('a page has every state of the definition, containers before what is inside, and each way once', () => {
  const { states, transitions } = machineView('nightly', FLOW, []);
  expect(states.map(({ name, kind, inside, status }) => [name, kind, inside, status])).toEqual([
    ['Tables', 'Map', undefined, 'never'],
    ['Load', 'Parallel', 'Tables', 'never'],
    ['Work', 'Task', 'Load', 'never'],
    ['Note', 'Pass', 'Tables', 'never'],
    ['Good?', 'Choice', undefined, 'never'],
    ['Gave up', 'Fail', undefined, 'never'],
    ['Done', 'Succeed', undefined, 'never'],
  ]);
  expect(transitions).toEqual([
    { from: 'Tables', to: 'Good?' },
    { from: 'Tables', to: 'Gave up', caught: 'any error' },
    { from: 'Good?', to: 'Done' },
    { from: 'Good?', to: 'Tables' },
  ]);
});

const RETRIED = history([0, 'Map', '+Tables'], [0, 'Task', '+Work'], [5, 'Task', '+Work'], [6, 'Task', '-Work']);

test.each([
  ['RUNNING', history([0, 'Map', '+Tables'], [0, 'Task', '+Work']), ['running', 'running', 0]],
  ['SUCCEEDED', [...RETRIED, ...history([7, 'Map', '-Tables'])], ['success', 'success', 1]],
  ['FAILED', history([0, 'Map', '+Tables'], [0, 'Task', '+Work']), ['failed', 'failed', 1]],
  ['TIMED_OUT', history([0, 'Map', '+Tables'], [0, 'Task', '+Work']), ['timedout', 'timedout', 1]],
  ['ABORTED', history([0, 'Map', '+Tables'], [0, 'Task', '+Work']), ['canceled', 'canceled', 1]],
] as const)('states of an execution that is %s', (status, events, [tables, work, failed]) => {
  const view = machineView('nightly', FLOW, [execution(status, events)]);
  const of = (name: string) => view.states.find((state) => state.name === name);
  expect([of('Tables')?.status, of('Work')?.status, of('Work')?.failed]).toEqual([tables, work, failed]);
  expect(view.executions?.[0]?.states).toEqual({ Tables: tables, Work: work });
});

test('a state that failed inside a container that caught it has failed, though the execution went on', () => {
  const caught = history(
    [0, 'Map', '+Tables'],
    [0, 'Task', '+Work'],
    [1, 'Pass', '+Note'],
    [1, 'Pass', '-Note'],
    [2, 'Map', '-Tables'],
  );
  const view = machineView('nightly', FLOW, [execution('SUCCEEDED', caught)]);
  expect(view.executions?.[0]?.states).toEqual({ Tables: 'success', Work: 'failed', Note: 'success' });
});

test('error and cause are the reason; a state that has left the definition is told all the same', () => {
  const events = history([0, 'Task', '+Old'], [1, 'Task', '-Old'], [1, 'Fail', '+Gave up']);
  const view = machineView('nightly', FLOW, [execution('FAILED', events, { error: 'JobFailed', cause: 'no rows' })]);
  expect(view.executions?.[0]).toMatchObject({ status: 'failed', reason: 'JobFailed: no rows', path: ['Old', 'Gave up'] });
  expect(view.states.at(-1)).toMatchObject({ name: 'Old', kind: 'Task', status: 'success', durationMs: 1_000 });
});

test('executions that cannot be had are left out', () => {
  expect(machineView('nightly', FLOW, undefined)).not.toHaveProperty('executions');
});
