import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatePorts, freePorts, localPaths } from '@lakewright/config';

const roots: string[] = [];
const clone = () => {
  const root = mkdtempSync(join(tmpdir(), 'lakewright-ports-'));
  roots.push(root);
  return root;
};
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

test('a clone keeps its ports and every service has its own', async () => {
  const root = clone();
  const first = await allocatePorts(root);
  expect(await allocatePorts(root)).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(8);
});

test('a damaged file of ports is reported with the way out', async () => {
  const root = clone();
  await allocatePorts(root);
  writeFileSync(localPaths(root).ports, '{"aws": 80}');
  await expect(allocatePorts(root)).rejects.toMatchObject({
    code: 'CONFIG_PORTS',
    hint: expect.stringMatching(/^remove it/),
  });
  rmSync(localPaths(root).ports);
  expect(Object.keys(await allocatePorts(root))).toEqual([
    'aws',
    'engine',
    'web',
    'mysql',
    'postgresql',
    'dms',
    'glue',
    'athena',
  ]);
});

test('a clone that knows fewer services keeps their ports and gets the others', async () => {
  const root = clone();
  const { aws, engine, web } = await allocatePorts(root);
  writeFileSync(localPaths(root).ports, JSON.stringify({ aws, engine, web }));
  const ports = await allocatePorts(root);
  expect(ports).toMatchObject({ aws, engine, web });
  expect(new Set(Object.values(ports)).size).toBe(8);
});

test('ports are below those of outgoing connections, free, and each another', async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(10_240);
    expect(port).toBeLessThan(32_768);
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  }
});
