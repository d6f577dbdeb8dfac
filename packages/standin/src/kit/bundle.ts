import { mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Bundles the provider server with its libraries into one file, so that Node starts it without resolving or compiling anything:
 * Terraform starts a provider several times a command.
 */
export async function bundleServer(root: string, file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  // Loaded from the checkout: this package may itself be part of a bundle.
  const { build } = createRequire(join(root, 'package.json'))('esbuild') as typeof import('esbuild');
  const draft = `${file}.${process.pid}`;
  await build({
    entryPoints: [join(root, 'packages/standin/src/bin/serve.ts')],
    outfile: draft,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  renameSync(draft, file);
}
