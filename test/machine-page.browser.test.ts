import { type ExecutionView, type MachineStateView, type MachineView } from '@lakewright/dashboard';
import { inBrowser } from './support/browser';
import { expectGoodLooks, ServedPage } from './support/served-page';

/** The page of a state machine as a reader has it, in a browser: every look at it, and an execution that goes on while somebody looks. */
const NAME = 'hudi_fl_cdc_pipeline';

let now: MachineView = view(true);
const served = new ServedPage({
  machines: { list: async () => [{ id: NAME, name: NAME, note: 'last execution: success' }], view: async () => now },
});

/** An execution that waits for the job of a table, or has failed there. */
function view(running: boolean): MachineView {
  const end = running ? 'running' : 'failed';
  const state = (name: string, kind: string, status: MachineStateView['status'], inside?: string): MachineStateView => ({
    name,
    kind,
    status,
    entered: status === 'never' ? 0 : 7,
    failed: status === 'failed' ? 1 : 0,
    ...(inside === undefined ? {} : { inside }),
    ...(status === 'success' && { durationMs: 12_400 }),
  });
  const states = [
    state('Look at replication', 'Task', 'success'),
    state('Does it run?', 'Choice', 'success'),
    state('Wait for replication', 'Wait', 'success'),
    state('Silver tables', 'Map', running ? 'running' : 'success'),
    state('Take table', 'Pass', 'success', 'Silver tables'),
    state('Changes', 'Parallel', end, 'Silver tables'),
    state('Wait for changes', 'Wait', running ? 'running' : 'success', 'Changes'),
    state('Failed changes', 'Fail', running ? 'never' : 'failed', 'Changes'),
    state('Tables failed', 'Fail', running ? 'never' : 'failed'),
    state('Done', 'Succeed', 'never'),
  ];
  const reason = 'TablesFailed: users: users_cdc FAILED: ValueError: the column awarded_on is missing in certifications_awarded';
  const entered = states.filter(({ status }) => status !== 'never');
  const execution = (index: number, more: Partial<ExecutionView> = {}): ExecutionView => ({
    id: `01a1ff72-34b9-7740-8ebc-3175cdcae${100 + index}`,
    status: 'success',
    startedAt: new Date(Date.parse('2026-06-01T12:00:00Z') - index * 3_600_000).toISOString(),
    durationMs: 60_000 + index * 700,
    path: states.slice(0, 7).map(({ name }, at) => (at % 2 === 0 ? `${name} (×7)` : name)),
    states: Object.fromEntries(states.slice(0, 7).map(({ name }) => [name, 'success'])),
    ...more,
  });
  return {
    id: NAME,
    name: NAME,
    states,
    transitions: [
      { from: 'Look at replication', to: 'Does it run?' },
      { from: 'Does it run?', to: 'Wait for replication' },
      { from: 'Wait for replication', to: 'Look at replication' },
      { from: 'Does it run?', to: 'Silver tables' },
      { from: 'Silver tables', to: 'Tables failed', caught: 'any error' },
      { from: 'Silver tables', to: 'Done' },
    ],
    executions: [
      execution(0, {
        status: end,
        path: entered.map(({ name }) => name),
        states: Object.fromEntries(entered.map(({ name, status }) => [name, status])),
        ...(running ? {} : { reason }),
      }),
      ...Array.from({ length: 20 }, (_, index) => execution(index + 1)),
    ],
  };
}

inBrowser('nothing covers anything and nothing is faint: wide and narrow, light and dark', async () => {
  now = view(false);
  const { page, complaints } = await served.open(`/machines/${NAME}`);
  await expectGoodLooks(page);
  expect(await page.locator('.matrix tbody tr').count()).toBe(9);
  expect(await page.locator('.matrix .state').count()).toBe(9 + 20 * 7);
  expect(complaints).toEqual([]);
});

inBrowser('an execution that goes on is followed without a reload, with the state inside that is at work', async () => {
  now = view(true);
  const { page, complaints } = await served.open(`/machines/${NAME}`, 'stopped clock');
  expect(await page.locator('g.state.running').getAttribute('data-state')).toBe('Silver tables');
  expect(await page.locator('g.state.running').textContent()).toContain('Wait for changes');
  await page.evaluate('window.first = document.querySelector(".card")');
  now = view(false);
  await page.clock.fastForward(1_000);
  await page.locator('g.state.failed').waitFor();
  expect(await page.locator('.notice.run').innerText()).toContain('TablesFailed: users: users_cdc FAILED');
  expect(await page.evaluate('window.first === document.querySelector(".card")')).toBe(true);
  expect(complaints).toEqual([]);
});

inBrowser('the home page leads there', async () => {
  const { page } = await served.open('/');
  await page.getByText(NAME).click();
  expect(await page.locator('h1').innerText()).toBe(NAME);
});
