import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatePorts, localPaths } from '@lakewright/config';

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
  expect(new Set(Object.values(first)).size).toBe(6);
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
  expect(Object.keys(await allocatePorts(root))).toEqual(['aws', 'engine', 'web', 'mysql', 'postgresql', 'dms']);
});

test('a clone that knows fewer services keeps their ports and gets the others', async () => {
  const root = clone();
  const { aws, engine, web } = await allocatePorts(root);
  writeFileSync(localPaths(root).ports, JSON.stringify({ aws, engine, web }));
  const ports = await allocatePorts(root);
  expect(ports).toMatchObject({ aws, engine, web });
  expect(new Set(Object.values(ports)).size).toBe(6);
});
