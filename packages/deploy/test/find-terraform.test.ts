import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { findTerraform } from '@lakewright/deploy';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-terraform-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An executable that says it is of a version. */
function program(path: string, says: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
  return file;
}
const version = (number: string) => JSON.stringify({ terraform_version: number });
const find = (...folders: string[]) =>
  findTerraform(folders.map((name) => join(folder, name)).join(delimiter), join(folder, 'tools'));

test('terraform on PATH goes before tofu, whatever their folders', () => {
  program('a/tofu', version('1.10.0'));
  const terraform = program('b/terraform', version('1.13.0-beta1'));
  expect(find('a', 'b')).toBe(terraform);
});

test('one that is too old is passed over', () => {
  program('a/terraform', version('1.5.7'));
  const tofu = program('a/tofu', version('1.10.6'));
  expect(find('a')).toBe(tofu);
});

test('the release that the set-up downloaded serves where PATH has none', () => {
  const { release } = JSON.parse(readFileSync(join(projectRoot(), 'tooling/terraform.json'), 'utf8'));
  const pinned = program(`tools/terraform/${release}/terraform`, version(release));
  expect(find('a')).toBe(pinned);
});

test('none: exit 3 and where to get it', () =>
  expect(() => find('a')).toThrow(
    expect.objectContaining({ code: 'DEPLOY_NO_TERRAFORM', exitCode: 3, hint: expect.stringContaining('install') }),
  ));

test.each([
  ['too old', version('1.5.7'), 'is 1.5.7'],
  ['no Terraform at all', 'hello', 'is of no version that it tells'],
])('%s: exit 3, naming the file, its version and the one needed', (_, says, told) => {
  const file = program('a/terraform', says);
  expect(() => find('a')).toThrow(
    expect.objectContaining({
      code: 'DEPLOY_OLD_TERRAFORM',
      exitCode: 3,
      message: `Terraform 1.10.0 or later is needed, ${file} ${told}`,
    }),
  );
});
