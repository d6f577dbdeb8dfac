import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { alternating, type Cost, measured, median, typical } from '../support/measure';

test('the median of odd and of even numbers of runs', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('typical is the median of times, the most of memory, and leaves out what is not known', () => {
  const runs: Cost[] = [
    { seconds: 1, cpu: 5, memory: 10 },
    { seconds: 9, cpu: 7, memory: 30 },
    { seconds: 2, cpu: 6, memory: 20 },
  ];
  expect(typical(runs)).toEqual({ seconds: 2, cpu: 6, memory: 30 });
  expect(typical([{ seconds: 1 }])).toEqual({ seconds: 1 });
});

test('rivals take turns, and the one that begins changes', async () => {
  const order: string[] = [];
  const run = (name: string) => async (round: number) => {
    order.push(`${name}${round}`);
    return { seconds: round };
  };
  const costs = await alternating(3, { a: run('a'), b: run('b') });
  expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  expect(costs.b).toEqual([{ seconds: 0 }, { seconds: 1 }, { seconds: 2 }]);
});

test('what an action returns comes with its cost; an error of it is passed on', async () => {
  const { cost, value } = await measured(async () => 'done');
  expect(value).toBe('done');
  expect(cost.seconds).toBeGreaterThanOrEqual(0);
  await expect(measured(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('processor time counts children that have ended, and processes that were named', async () => {
  if (!existsSync('/proc/self/stat')) {
    expect((await measured(async () => 1)).cost.cpu).toBeUndefined();
    return;
  }
  const burn = (seconds: number) =>
    `const end = process.cpuUsage().user / 1e6 + ${seconds}; while (process.cpuUsage().user / 1e6 < end);`;
  const child = await measured(() => ended(spawn(process.execPath, ['-e', burn(0.2)])));
  expect(child.cost.cpu).toBeGreaterThan(0.15);

  const server = spawn(process.execPath, ['-e', `process.stdin.once('data', () => { ${burn(0.2)}; console.log('.'); })`]);
  const named = await measured(
    () =>
      new Promise((resolve) => {
        server.stdout.once('data', resolve);
        server.stdin.write('go\n');
      }),
    [server.pid!],
  );
  server.kill();
  await ended(server);
  expect(named.cost.cpu).toBeGreaterThan(0.15);
  expect(named.cost.memory).toBeGreaterThan(2 ** 20);
});

function ended(child: ReturnType<typeof spawn>): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve));
}
