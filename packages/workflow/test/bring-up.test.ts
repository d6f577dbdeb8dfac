import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPaths } from '@lakewright/config';
import { openLocal } from '@lakewright/local';
import { bringUp } from '@lakewright/workflow';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lakewright-workflow-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('bringing up a system that is not there: nothing was begun', async () => {
  const context = await openLocal({
    paths: localPaths(home),
    ports: { aws: 1025, engine: 1026, web: 1027, mysql: 1028, postgresql: 1029, dms: 1030, glue: 1031, athena: 1032 },
  });
  const steps: string[] = [];
  const progress = { step: (name: string) => Promise.reject(steps.push(name)), notice: () => {} };
  await expect(bringUp(context, { systems: ['nope'], progress })).rejects.toMatchObject({ code: 'CONFIG_UNKNOWN_SYSTEM' });
  expect(steps).toEqual([]);
  expect(existsSync(join(context.paths.home, 'command.lock'))).toBe(false);
});
