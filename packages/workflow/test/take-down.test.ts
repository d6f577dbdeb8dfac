import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalContext, localLocks, openLocal, withLocalLock } from '@lakewright/local';
import { type Progress, planeStatus, takeDown } from '@lakewright/workflow';

let root: string;
let context: LocalContext;

/** A clone that was deployed to `local` and to `dev`, and is stopped. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lakewright-workflow-'));
  context = await openLocal({ root });
  for (const folder of ['cdktf.out/stacks/a', '.state/local', '.state/dev', '.lakewright/lake/c']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Remembers which steps were taken, and what each said last. */
function recorder(): { readonly progress: Progress; readonly steps: Record<string, string> } {
  const steps: Record<string, string> = {};
  const step: Progress['step'] = (name, action) => {
    steps[name] = '';
    return action((text) => {
      steps[name] = text;
    });
  };
  return { steps, progress: { step, notice: () => {} } };
}

test('taking down keeps data and states', async () => {
  const { progress, steps } = recorder();
  expect(await takeDown(context, { progress })).toEqual({ stopped: [], purged: false });
  expect(steps).toEqual({ 'stop services': 'none was running' });
  expect(readdirSync(root).sort()).toEqual(['.lakewright', '.state', 'cdktf.out']);
  expect(existsSync(join(context.paths.lake, 'c'))).toBe(true);
  expect(localLocks(context.paths)).toEqual([]);
});

test('purging forgets the local plane and nothing of another environment', async () => {
  const { progress, steps } = recorder();
  expect(await takeDown(context, { purge: true, progress })).toEqual({ stopped: [], purged: true });
  expect(Object.keys(steps)).toEqual(['stop services', 'purge']);
  expect(readdirSync(root)).toEqual(['.state']);
  expect(readdirSync(join(root, '.state'))).toEqual(['dev']);
});

test('while another command is at it nothing is touched', async () => {
  await withLocalLock(context.paths, 'command', async () => {
    expect(localLocks(context.paths)).toMatchObject([{ what: 'command', pid: process.pid, alive: true }]);
    await expect(takeDown(context, { purge: true })).rejects.toMatchObject({
      code: 'LOCAL_BUSY',
      message: expect.stringContaining(`pid ${process.pid}, since 20`),
    });
  });
  expect(existsSync(join(root, 'cdktf.out/stacks/a'))).toBe(true);
});

test('a plane that was never brought up has a status too', async () => {
  const { services, ...rest } = await planeStatus(context);
  expect(services.map(({ name, state }) => [name, state])).toEqual([
    ['ministack', 'stopped'],
    ['sail', 'stopped'],
    ['web', 'stopped'],
  ]);
  const nothing = { stacks: [], resources: [], tables: [], replication: [], freshness: [], alerts: [] };
  expect(rest).toEqual({ ...nothing, jobs: [], machines: [], glueJobs: [] });
});
