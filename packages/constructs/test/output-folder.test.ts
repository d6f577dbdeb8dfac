import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@lakewright/config';
import { prepareOutputFolder } from '../src';
import { testEnvironment } from './synthesized';

const outdir = mkdtempSync(join(tmpdir(), 'lakewright-output-'));
const plugins = join(outdir, 'stacks/aws-homes/terraform.d/plugins');
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(outdir, { recursive: true, force: true });
  prepareOutputFolder(outdir, testEnvironment());
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(outdir, 'manifest.json'), '{}');
});

test('what Terraform has in the folder stays for the same environment', () => {
  prepareOutputFolder(outdir, testEnvironment());
  expect(existsSync(plugins)).toBe(true);
});

test.each<[string, Partial<Environment>]>([
  ['another environment', { name: 'staging' }],
  ['real providers after the stand-ins', { providers: 'registry' }],
  ['another backend', { backend: { type: 's3', bucket: 'states', region: 'eu-west-1' } }],
])('stand-in plugins do not survive %s', (_, changes) => {
  prepareOutputFolder(outdir, testEnvironment(changes));
  expect(existsSync(plugins)).toBe(false);
});

test('a folder that cdktf did not make is left alone', () => {
  rmSync(join(outdir, 'manifest.json'));
  prepareOutputFolder(outdir, testEnvironment({ name: 'staging' }));
  expect(existsSync(plugins)).toBe(true);
});
