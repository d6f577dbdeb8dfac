import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { projectRoot, pythonExecutable } from '@lakewright/config';

/** The Python that ships is held to its own tools, as the TypeScript is to Biome and tsc. */
describe('the Python of the services', () => {
  const root = projectRoot();
  const folder = join(root, 'packages/local');

  test.each([
    ['formatted', 'ruff', ['format', '--check', '.']],
    ['linted', 'ruff', ['check', '.']],
    ['typed', 'mypy', ['src/services/ministack/launcher.py', 'src/services/athena/lakewright_athena']],
  ])('is %s', (_, tool, args) => {
    const { status, stdout, stderr } = spawnSync(join(dirname(pythonExecutable(root)), tool), args, {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}${status === 0 ? '' : `exit ${status}`}`).not.toMatch(/error|exit|Would reformat/i);
  });
});
