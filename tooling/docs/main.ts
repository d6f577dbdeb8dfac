import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { generatedPages } from './pages';

/** `npm run docs`: writes every page that is generated from the code. */
async function main(): Promise<void> {
  const root = projectRoot();
  for (const [path, text] of Object.entries(await generatedPages(root))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
