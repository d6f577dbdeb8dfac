import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, projectRoot } from '@lakewright/config';
import { unzipSync } from 'fflate';
import { bundleLambda } from '../../src';
import { refused } from '../synthesized';

const FIXTURES = 'packages/constructs/test/fixtures';
const temporary = mkdtempSync(join(tmpdir(), 'lakewright bundle ')); // a space, because people have such paths
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** A clone elsewhere, with its own file times. */
function clone(name: string, time: Date): string {
  const folder = join(temporary, name);
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(projectRoot(), 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(projectRoot(), FIXTURES, 's3-handler.ts'), join(folder, 'handler.ts'));
  utimesSync(join(folder, 'handler.ts'), time, time);
  return join(folder, 'handler.ts');
}

test('two clones at different paths and times give the same bytes, at most 200 kB with the S3 client', () => {
  const [first, second] = [
    bundleLambda(clone('one', new Date(2020, 1, 1))),
    bundleLambda(clone('somewhere/else', new Date(2025, 6, 7))),
  ];
  expect(readFileSync(first.zipPath).equals(readFileSync(second.zipPath))).toBe(true);
  expect(second.sha256).toBe(first.sha256);
  expect(first.bytes).toBe(readFileSync(first.zipPath).length);
  expect(first.bytes).toBeLessThanOrEqual(200_000);
  const code = Buffer.from(unzipSync(readFileSync(first.zipPath))['index.mjs']!).toString();
  expect(code).not.toContain(temporary);
  expect(code).not.toContain(projectRoot());
  expect(code).not.toContain('sourceMappingURL');
});

test('other time zones, other processes: the same bytes', () => {
  const zip = bundleLambda(`${FIXTURES}/handler.ts`).sha256;
  const script = join(temporary, 'bundle.ts');
  writeFileSync(
    script,
    `import { bundleLambda } from '${join(projectRoot(), 'packages/constructs/src/aws/lambda-bundle')}';
     process.stdout.write(bundleLambda('${FIXTURES}/handler.ts').sha256);`,
  );
  const output = (zone: string) =>
    execFileSync('node', [join(projectRoot(), 'tooling/run.mjs'), script], {
      encoding: 'utf8',
      env: childEnvironment({ TZ: zone }),
    });
  expect([output('Pacific/Kiritimati'), output('America/Los_Angeles')]).toEqual([zip, zip]);
});

test('the zip holds one ES module that Node loads, with a handler that works, readable for everybody', async () => {
  const { zipPath } = bundleLambda(`${FIXTURES}/handler.ts`);
  const bytes = readFileSync(zipPath);
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toEqual(['index.mjs']);
  const module = join(temporary, 'index.mjs');
  writeFileSync(module, files['index.mjs']!);
  const call = `import('${module}').then(({ handler }) => handler({ text: 'abc' })).then((r) => process.stdout.write(r))`;
  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(execFileSync('node', ['--input-type=module', '-e', call], { encoding: 'utf8' })).toBe(digest);
  const directory = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  expect((bytes.readUInt32LE(directory + 38) >>> 16).toString(8)).toBe('100644');
});

test.each([
  ['no such file', 'apps/nowhere/handler.ts', 'CONSTRUCT_LAMBDA_ENTRY', '"apps/nowhere/handler.ts"'],
  ['no handler in it', `${FIXTURES}/no-handler.ts`, 'CONSTRUCT_LAMBDA_HANDLER', '(got main)'],
  ['an import that is not there', `${FIXTURES}/missing-import.mjs`, 'CONSTRUCT_LAMBDA_BUNDLE', './nowhere'],
])('refused: %s', (_, entry, code, message) => {
  const error = refused(() => bundleLambda(entry));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
});

test('an import that is not there is shown with its place', () => {
  const error = refused(() => bundleLambda(`${FIXTURES}/missing-import.mjs`));
  expect(error.location).toEqual({ file: `${FIXTURES}/missing-import.mjs`, line: 1, column: 27 });
});
