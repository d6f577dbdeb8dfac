import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES, loadEnvironment, systemNames, systemsOf } from '@lakewright/config';

const root = mkdtempSync(join(tmpdir(), 'lakewright-systems-'));
afterAll(() => rmSync(root, { recursive: true }));

function app(name: string, manifest?: string): void {
  mkdirSync(join(root, 'apps', name), { recursive: true });
  if (manifest !== undefined) writeFileSync(join(root, 'apps', name, 'system.json'), manifest);
}

test('no apps, no systems', () => {
  expect(systemNames(join(root, 'nowhere'))).toEqual([]);
});

test('a folder with a manifest is a system of every environment; the template and other folders are none', () => {
  app('shop', '{"name": "shop"}');
  app('_template', '{"name": "newsystem"}');
  app('node_modules');
  expect(systemNames(root)).toEqual(['shop']);
  for (const name of ENVIRONMENT_NAMES) expect(systemsOf(name, root)).toEqual(['shop']);
});

test('a system may say where it is', () => {
  app('trial', '{"name": "trial", "environments": ["local", "dev"]}');
  expect(systemsOf('local', root)).toEqual(['shop', 'trial']);
  expect(systemsOf('dev', root)).toEqual(['shop', 'trial']);
  expect(systemsOf('prod', root)).toEqual(['shop']);
});

test.each([
  ['not JSON', '{', /apps\/odd\/system\.json cannot be read/],
  ['an unknown environment', '{"environments": ["moon"]}', /environments\.0: /],
  ['nowhere at all', '{"environments": []}', /environments: /],
])('a manifest with %s is refused with its name', (_, manifest, message) => {
  app('odd', manifest);
  expect(() => systemsOf('local', root)).toThrow(message);
  expect(() => systemsOf('local', root)).toThrow(expect.objectContaining({ code: 'CONFIG_SYSTEM' }));
});

test('every environment of this checkout has the systems of apps/', async () => {
  for (const name of ENVIRONMENT_NAMES)
    expect((await loadEnvironment({ name, ports: { aws: 4566, engine: 50051, web: 8000 } })).systems).toEqual(systemsOf(name));
});
