import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { generatedPages } from '../tooling/docs/pages';

const root = resolve(__dirname, '..');

test('the generated pages are what the code says: npm run docs writes them', async () => {
  const pages = await generatedPages(root);
  expect(Object.keys(pages)).toHaveLength(5);
  const stale = Object.entries(pages).filter(
    ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
  );
  expect(stale.map(([path]) => path)).toEqual([]);
});

test('every link of a page inside the project leads somewhere', () => {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  const pages = listed.stdout.split('\n').filter((path) => path && existsSync(join(root, path)));
  expect(pages).toContain('README.md');
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(resolve(root, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});
