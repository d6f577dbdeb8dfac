import type { JobRunView, JobView, TaskView } from '@lakewright/dashboard';
import { inBrowser } from './support/browser';
import { expectGoodLooks, ServedPage } from './support/served-page';

/** The page of a job as a reader has it, in a browser: every look at it, and a run that goes on while somebody looks. */
let now: JobView = view(true);
const served = new ServedPage({
  jobs: { list: async () => [{ id: now.id, name: now.name, note: '' }], view: async () => now, log: async () => 'said\n' },
});

/** A run that is at its second task, or has failed there. */
function view(running: boolean): JobView {
  const task = (key: string, status: TaskView['status'], more: Partial<TaskView> = {}): TaskView => ({
    key,
    kind: 'python',
    about: `/Workspace/lakewright/local/shop/jobs/${key}.py`,
    status,
    attempts: 1,
    durationMs: 1_500,
    logged: true,
    ...more,
  });
  const run = (index: number, more: Partial<JobRunView> = {}): JobRunView => ({
    id: `01a1ff72-34b9-7740-8ebc-3175cdcae${100 + index}`,
    status: 'success',
    startedAt: new Date(Date.parse('2026-06-01T12:00:00Z') - index * 3_600_000).toISOString(),
    durationMs: 10_000 + index * 700,
    startedBy: 'schedule',
    repairs: 0,
    tasks: { generate: 'success', many_rows: 'success', update: 'success', report: index % 3 === 0 ? 'excluded' : 'timedout' },
    ...more,
  });
  const reason = 'SHOP_CLOSED: gold.daily_revenue: 3 rows break the expectation revenue_is_positive, whose action is FAIL';
  const status = running ? 'running' : 'failed';
  return {
    id: 'shop_job',
    name: 'shop_job',
    starts: 'paused',
    tasks: [
      task('generate', 'success'),
      task('many_rows', 'success', {
        kind: 'condition',
        about: '{{tasks.generate.values.rows}} GREATER_THAN 100',
        detail: 'true',
        logged: false,
      }),
      task('update', status, { kind: 'pipeline', about: 'shop', page: '/pipelines/shop', ...(running ? {} : { reason }) }),
      task('report', running ? 'blocked' : 'upstream_failed', { attempts: 0, logged: false }),
    ],
    edges: [
      { from: 'generate', to: 'many_rows' },
      { from: 'many_rows', to: 'update', outcome: 'true' },
      { from: 'update', to: 'report' },
    ],
    runs: [
      run(0, {
        status,
        tasks: { generate: 'success', many_rows: 'success', update: status, report: running ? 'blocked' : 'upstream_failed' },
        ...(running ? {} : { reason }),
      }),
      ...Array.from({ length: 20 }, (_, index) => run(index + 1)),
    ],
  };
}

inBrowser('nothing covers anything and nothing is faint: wide and narrow, light and dark', async () => {
  now = view(false);
  const { page, complaints } = await served.open('/jobs/shop_job');
  await expectGoodLooks(page);
  expect(await page.locator('.matrix tbody tr').count()).toBe(4);
  expect(await page.locator('.matrix .state').count()).toBe(4 * 21);
  expect(complaints).toEqual([]);
});

inBrowser('a run that goes on is followed without a reload', async () => {
  now = view(true);
  const { page, complaints } = await served.open('/jobs/shop_job', 'stopped clock');
  expect(await page.locator('g.task.running').getAttribute('data-task')).toBe('update');
  await page.evaluate('window.first = document.querySelector(".card")');
  now = view(false);
  await page.clock.fastForward(1_000);
  await page.locator('g.task.failed').waitFor();
  expect(await page.locator('.notice.run').innerText()).toContain('revenue_is_positive');
  expect(await page.evaluate('window.first === document.querySelector(".card")')).toBe(true);
  expect(complaints).toEqual([]);
  await page.locator('a[href$="/tasks/generate/log"]').click();
  expect(await page.locator('body').innerText()).toContain('said');
});
