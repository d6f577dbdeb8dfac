import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './support/clone';

/** The set-up that stands before `npm start` and `npm test`. */
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A PATH that holds nothing but the tools named. */
function pathWith(...tools: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-path-'));
  folders.push(folder);
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  for (const tool of tools) symlinkSync(python, join(folder, tool));
  return folder;
}

const bootstrap = (env: Record<string, string> = {}) => run(process.execPath, ['tooling/bootstrap.mjs'], env);

test('does nothing and says nothing when everything is there', async () => {
  expect(await bootstrap()).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('without Python: exit 3 and one line that says where to get it', async () => {
  const { code, stderr } = await bootstrap({ PATH: pathWith() });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^MISSING: Python 3\.11 or later .*python\.org\/downloads.*\n$/);
});

test('without Terraform and OpenTofu: exit 3 and one line that says where to get it', async () => {
  const { code, stderr } = await bootstrap({ PATH: pathWith('python3') });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^MISSING: Terraform .*\n$/);
  expect(stderr).toContain('opentofu.org');
});
