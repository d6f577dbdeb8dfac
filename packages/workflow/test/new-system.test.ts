import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { newSystem, TEMPLATE } from '../src/new-system';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lakewright-new-'));
  cpSync(join(projectRoot(), TEMPLATE), join(root, TEMPLATE), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

test('a system is its folder in apps/ and one file in each stack, and bears its name everywhere', () => {
  const files = newSystem(root, 'parcels');
  expect(files.filter((file) => !file.startsWith('apps/parcels/'))).toEqual([
    'stacks/aws/src/systems/parcels.ts',
    'stacks/databricks/src/systems/parcels.ts',
  ]);
  expect(files).toEqual(expect.arrayContaining(['apps/parcels/system.json', 'apps/parcels/lambdas/parcels_writer/handler.ts']));
  for (const file of files) expect(`${file}\n${readFileSync(join(root, file), 'utf8')}`).not.toMatch(/new.?system/i);
});

test.each([
  'Parcels',
  'home_sales',
  '_x',
  'foundation',
  'x',
  '../x',
  '1st',
  'x'.repeat(21),
])('the name %j is refused, and nothing is written', (name) => {
  expect(() => newSystem(root, name)).toThrow(expect.objectContaining({ code: 'CONFIG_SYSTEM_NAME', exitCode: 2 }));
  expect(readdirSync(join(root, 'apps'))).toEqual(['_template']);
});

test('a system that is there is not written over', () => {
  newSystem(root, 'parcels');
  rmSync(join(root, 'apps/parcels'), { recursive: true });
  expect(() => newSystem(root, 'parcels')).toThrow(expect.objectContaining({ code: 'CLI_SYSTEM_EXISTS', exitCode: 2 }));
  expect(existsSync(join(root, 'apps/parcels'))).toBe(false);
});
