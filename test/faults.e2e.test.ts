import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalPlane, run } from './support/clone';
import { compareWithFold } from './support/listings-differences';
import { listingVersions } from './support/listings-fold';
import { Portal } from './support/portal';

/** Everything that can be killed is killed while a portal publishes; the next `up` makes it good. `npm run soak` does so for an hour. */
jest.setTimeout(300_000);

const plane = new LocalPlane();
afterAll(() => plane.remove());

test('two "up" at once: one works, the other is told who is at it', async () => {
  const first = plane.start('up', 'listings', '--no-run', '--json');
  while (!existsSync(join(plane.home, 'command.lock'))) await sleep(20);
  const second = await plane.lakewright('up', 'listings');
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(
    /^LOCAL_BUSY: another lakewright command is changing the local plane \(pid \d+, since 20.*Z\)\n {2}hint: .*\n$/,
  );
  const { code, stdout } = await first.ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout).recovery).toBeUndefined();
});

test('kill -9 of every service and of a command while events come in: S3 has lost nothing and the tables are right', async () => {
  const portal = new Portal(`http://127.0.0.1:${plane.ports().aws}`, 5);
  const stop = new AbortController();
  const publishing = portal.publish(50, stop.signal);
  const update = plane.start('run', 'listings', 'pipeline');
  while (portal.acknowledged.length < 100) await sleep(20);
  process.kill(update.pid, 'SIGKILL');
  for (const service of ['sail', 'web', 'ministack']) process.kill(plane.servicePid(service)!, 'SIGKILL');
  await update.ended;

  const up = plane.start('up', 'listings', '--no-run', '--json');
  await sleep(1_000);
  stop.abort();
  const { code, stdout, stderr } = await up.ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stderr).toContain('S3 has lost nothing, other services may have lost what they acknowledged after 20');
  const report = JSON.parse(stdout);
  expect(report.services.map(({ action }: { action: string }) => action)).toEqual(['restarted', 'restarted', 'restarted']);
  expect(report.recovery.lostAfter).toMatch(/^20.*Z$/);
  await publishing;
  portal.close();

  const published = await plane.lakewright('run', 'listings', 'publish', '--count', '5');
  expect({ code: published.code, stderr: published.stderr }).toMatchObject({ code: 0 });
  expect((await plane.lakewright('run', 'listings', 'pipeline')).code).toBe(0);
  const versions = await listingVersions(`http://127.0.0.1:${plane.ports().aws}`, 'eu-west-1');
  const kept = new Set([...versions.values()].flat().map(({ versionId }) => versionId));
  expect(portal.acknowledged.filter(({ versionId }) => !kept.has(versionId))).toEqual([]);
  expect((await compareWithFold(plane)).differences).toEqual([]);
});

test('a home that cannot be written: one line', async () => {
  const home = process.platform === 'linux' ? '/sys/lakewright' : '/lakewright';
  const { code, stderr } = await run(process.execPath, ['packages/cli/bin/lakewright.mjs', 'up'], { LAKEWRIGHT_HOME: home });
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^LOCAL_READ_ONLY: ${home} cannot be written \\(E[A-Z]+\\)\\n  hint: .*\\n$`));
});
