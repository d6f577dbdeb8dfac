import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CrashLake } from '../support/crash-pipeline';
import { withSail } from '../support/sail';

describe('an update whose process is killed with SIGKILL', () => {
  const sail = withSail();

  const start = (folder: string, fatal: string): ChildProcess =>
    spawn(
      process.execPath,
      ['tooling/run.mjs', 'packages/lakeflow/test/support/update-child.ts', `${sail.port}`, folder, fatal],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );

  test.each([
    'after-intent:s.raw',
    'after-commit:s.checked',
    'after-apply:s.versions',
    'after-commit:s.summary',
  ])('at %s gives the same tables when it is run again', async (point) => {
    const folder = join(sail.folder, point.replace(':', '-'));
    const lake = new CrashLake(sail.engine, folder);
    lake.put();
    await lake.update();
    lake.put();
    const [, signal] = (await once(start(folder, point), 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    await lake.update();
    expect(await lake.actual()).toEqual(lake.expected());
  });

  test.each([
    'after-intent:s.raw',
    'after-intent:s.checked',
    'after-stage-touched:s.versions',
  ])('while the engine works for it, after %s, gives the same tables', async (point) => {
    const folder = join(sail.folder, `working-${point.replace(':', '-')}`);
    const lake = new CrashLake(sail.engine, folder);
    lake.put();
    await lake.update();
    lake.put();
    const child = start(folder, 'none');
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().split('\n').includes(point)) setTimeout(() => child.kill('SIGKILL'), 5);
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    await lake.update();
    expect(await lake.actual()).toEqual(lake.expected());
  });
});
