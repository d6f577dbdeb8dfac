// Runs a TypeScript entry of this repository: bundles our own sources with esbuild (node_modules stay external), then loads the bundle.
// node tooling/run.mjs <entry.ts> [arguments]
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(root, 'package.json'));
const entry = resolve(root, process.argv[2]);
const bundle = join(
  root,
  'node_modules/.cache/lakewright',
  `${relative(root, entry).replaceAll(/[\\/]/g, '-')}.${process.pid}.cjs`,
);
mkdirSync(dirname(bundle), { recursive: true });
await require('esbuild').build({
  entryPoints: [entry],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: 'inline',
  logLevel: 'error',
  plugins: [
    {
      name: 'libraries-stay-external',
      setup(build) {
        // Resolved from the file that imports: two packages may hold different versions of one library.
        build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) =>
          kind === 'entry-point' || path.startsWith('@lakewright/')
            ? undefined
            : { path: createRequire(importer).resolve(path), external: true },
        );
      },
    },
  ],
});
process.argv.splice(1, 2, entry);
process.env.LAKEWRIGHT_ROOT = root;
process.setSourceMapsEnabled(true);
try {
  require(bundle);
} finally {
  rmSync(bundle, { force: true });
}
