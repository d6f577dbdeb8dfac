import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { generatedPages } from '../tooling/docs/pages';

const root = resolve(__dirname, '..');

test('the generated pages are what the code says: npm run docs writes them', async () => {
  const pages = await generatedPages(root);
  expect(Object.keys(pages)).toHaveLength(7);
  const committed = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  const stale = Object.entries(pages).filter(([path, text]) => committed(path) !== text);
  expect(stale.map(([path]) => path)).toEqual([]);
});

test('every link of a page inside the project leads somewhere', () => {
  const pages = markdownIn('.');
  expect(pages).toContain('README.md');
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(resolve(root, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

/** Every Markdown page below a folder, relative to the root; what is installed or generated is none. */
function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name.endsWith('.md') ? [path] : [];
    return entry.isDirectory() && !/^(\.(?!github)|node_modules$|cdktf\.out$)/.test(entry.name) ? markdownIn(path) : [];
  });
}
