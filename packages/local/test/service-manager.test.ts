import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment, freePorts, localPaths } from '@lakewright/config';
import { identify, isAlive } from '@lakewright/process';
import { ServiceManager } from '../src/services/manager';
import { spawnDetached } from '../src/services/process';
import type { ServiceDefinition } from '../src/services/service';

/** A service that starts a child of its own, answers with what `answer` holds, and can be told to ignore SIGTERM. */
const PROGRAM = `
const [port, folder, host, stubborn] = process.argv.slice(1);
const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
require('node:fs').writeFileSync(folder + '/child', String(child.pid));
if (stubborn === 'yes') process.on('SIGTERM', () => {});
console.log('listening on ' + port);
require('node:http').createServer((_, response) => {
  const sick = require('node:fs').existsSync(folder + '/sick');
  response.statusCode = sick ? 500 : 200;
  response.end();
}).listen(Number(port), host);
`;

describe('the service manager', () => {
  let home: string;
  let port: number;
  let managers: ServiceManager[];

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'lakewright-services-'));
    [port] = (await freePorts(1)) as [number];
    managers = [];
  });
  afterEach(async () => {
    for (const manager of managers) await manager.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function fake(
    name: string,
    options: { port?: number; program?: string; host?: string; stubborn?: boolean } = {},
  ): ServiceDefinition {
    const ownPort = options.port ?? port;
    const args = [
      '-e',
      options.program ?? PROGRAM,
      String(ownPort),
      home,
      options.host ?? '127.0.0.1',
      options.stubborn ? 'yes' : 'no',
    ];
    return {
      name,
      title: `fake ${name}`,
      port: ownPort,
      address: `http://127.0.0.1:${ownPort}`,
      startTimeoutMs: 10_000,
      patienceMs: 2_000,
      stopTimeoutMs: 1_000,
      start: (logFile) => spawnDetached({ command: process.execPath, args, cwd: home, env: childEnvironment(), logFile }),
      healthy: async () => {
        try {
          return (await fetch(`http://127.0.0.1:${ownPort}`, { signal: AbortSignal.timeout(1_000) })).ok;
        } catch {
          return false;
        }
      },
      uncleanStop: () => (existsSync(join(home, 'crashed')) ? { service: name, notice: 'it crashed' } : undefined),
    };
  }

  function managerOf(...definitions: ServiceDefinition[]): ServiceManager {
    const manager = new ServiceManager({ paths: localPaths(home) }, definitions);
    managers.push(manager);
    return manager;
  }

  const childPid = () => Number(readFileSync(join(home, 'child'), 'utf8'));

  test('starts, keeps, tells and stops', async () => {
    const manager = managerOf(fake('one'));
    expect(await manager.status()).toMatchObject([{ name: 'one', state: 'stopped' }]);
    const steps: string[] = [];
    const first = await manager.ensure((service, step) => steps.push(`${service} ${step}`));
    expect(first.services).toMatchObject([{ name: 'one', title: 'fake one', state: 'running', action: 'started', port }]);
    const { pid } = first.services[0]!;
    expect((await manager.ensure()).services).toMatchObject([{ action: 'kept', pid }]);
    expect(await manager.status()).toMatchObject([{ state: 'running', pid, address: `http://127.0.0.1:${port}` }]);
    expect(manager.logTail({ name: 'one' }, 5)).toBe(`listening on ${port}`);
    const child = identify(childPid())!;

    expect(await manager.stop((service, step) => steps.push(`${service} ${step}`))).toEqual(['one']);
    expect(steps).toEqual(['one starting', 'one running', 'one stopping']);
    expect(identify(pid!)).toBeUndefined();
    expect(isAlive(child)).toBe(false);
    expect(await manager.stop()).toEqual([]);
    expect(await manager.status()).toMatchObject([{ state: 'stopped' }]);
  });

  test('one that uses another is started after it, and stopped before it', async () => {
    const [other] = (await freePorts(1)) as [number];
    const steps: string[] = [];
    const tell = (service: string, step: string) => steps.push(`${service} ${step}`);
    const user = { ...fake('user', { port: other }), after: ['mysql' as const] };
    const manager = managerOf(user, fake('mysql'));
    await manager.ensure(tell);
    expect(steps).toEqual(['mysql starting', 'mysql running', 'user starting', 'user running']);
    steps.length = 0;
    await manager.stop(tell);
    expect(steps).toEqual(['user stopping', 'mysql stopping']);
  });

  test('one with a signal of its own is stopped by it', async () => {
    const program = `${PROGRAM}; process.on('SIGTERM', () => {}); process.on('SIGINT', () => { console.log('in order'); process.exit(0); })`;
    const manager = managerOf({ ...fake('one', { program }), stopSignal: 'SIGINT' });
    await manager.ensure();
    await manager.stop();
    expect(manager.logTail({ name: 'one' }, 1)).toBe('in order');
  });

  test('starts a dead one again, ends the children that it left, and passes on what there is to say', async () => {
    const manager = managerOf(fake('one'));
    const { services } = await manager.ensure();
    const orphan = identify(childPid())!;
    process.kill(services[0]!.pid!, 'SIGKILL');
    await sleep(200);
    expect(isAlive(orphan)).toBe(true);
    expect(await manager.status()).toMatchObject([{ state: 'dead' }]);
    writeFileSync(join(home, 'crashed'), '');
    const again = await manager.ensure();
    expect(again).toMatchObject({ services: [{ action: 'restarted', state: 'running' }], notices: ['it crashed'] });
    expect(isAlive(orphan)).toBe(false);
  });

  test('starts an unhealthy one again', async () => {
    const manager = managerOf(fake('one'));
    const { services } = await manager.ensure();
    writeFileSync(join(home, 'sick'), '');
    expect(await manager.status()).toMatchObject([{ state: 'unhealthy' }]);
    const steps: string[] = [];
    const again = manager.ensure((_, step) => {
      steps.push(step);
      rmSync(join(home, 'sick'), { force: true });
    });
    expect((await again).services[0]).toMatchObject({ action: 'restarted', state: 'running' });
    expect((await again).services[0]!.pid).not.toBe(services[0]!.pid);
    expect(steps).toEqual(['restarting', 'running']);
  });

  test('kills one that does not heed SIGTERM', async () => {
    const manager = managerOf(fake('one', { stubborn: true }));
    const { services } = await manager.ensure();
    expect(await manager.stop()).toEqual(['one']);
    expect(identify(services[0]!.pid!)).toBeUndefined();
  });

  test('never ends a process that took over the number of a dead service', async () => {
    const manager = managerOf(fake('one'));
    await manager.ensure();
    const file = join(localPaths(home).services, 'one', 'process.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; start: string };
    const [other] = (await freePorts(1)) as [number];
    const bystander = managerOf(fake('bystander', { port: other }));
    const { services } = await bystander.ensure();
    await manager.stop();
    writeFileSync(file, JSON.stringify({ ...record, pid: services[0]!.pid }));
    expect(await manager.status()).toMatchObject([{ state: 'dead' }]);
    expect(await manager.stop()).toEqual([]);
    expect(await bystander.status()).toMatchObject([{ state: 'running' }]);
  });

  test('names who has the port, and how to get out of it', async () => {
    const holder = managerOf(fake('holder'));
    const { services } = await holder.ensure();
    await expect(managerOf(fake('late')).ensure()).rejects.toMatchObject({
      code: 'LOCAL_PORT_TAKEN',
      message: expect.stringMatching(new RegExp(`^port ${port} of the service late is taken by .*pid ${services[0]!.pid}`)),
      hint: expect.stringContaining('lakewright down --purge'),
    });
  });

  test('shows the end of the log of one that does not start', async () => {
    const manager = managerOf(fake('broken', { program: "console.error('no such luck'); process.exit(1)" }));
    await expect(manager.ensure()).rejects.toMatchObject({
      code: 'LOCAL_SERVICE_START',
      message: expect.stringMatching(/^the service broken did not start: it ended\n.*no such luck/),
    });
    expect(await manager.status()).toMatchObject([{ state: 'stopped' }]);
  });

  test('stops one that listens beyond loopback', async () => {
    const manager = managerOf(fake('open', { host: '0.0.0.0' }));
    await expect(manager.ensure()).rejects.toMatchObject({
      code: 'LOCAL_EXPOSED',
      message: `the service open listened beyond 127.0.0.1 (port ${port}) and was stopped`,
    });
    expect(await manager.status()).toMatchObject([{ state: 'stopped' }]);
  });

  test('two at once: one works, the other is told who is at it', async () => {
    const outcomes = await Promise.allSettled([managerOf(fake('one')).ensure(), managerOf(fake('one')).ensure()]);
    const [done, refused] = outcomes[0].status === 'fulfilled' ? outcomes : [outcomes[1], outcomes[0]];
    expect(done).toMatchObject({ status: 'fulfilled', value: { services: [{ action: 'started' }] } });
    expect(refused).toMatchObject({
      status: 'rejected',
      reason: { code: 'LOCAL_BUSY', message: expect.stringContaining(`pid ${process.pid}`) },
    });
  });
});
