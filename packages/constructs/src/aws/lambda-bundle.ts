import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { LakewrightError, projectRoot } from '@lakewright/config';
import { buildSync } from 'esbuild';
import { zipSync } from 'fflate';

/** The file in the zip, and the function in it that Lambda calls. */
export const BUNDLE_FILE = 'index.mjs';
export const BUNDLE_HANDLER = 'index.handler';

/** CommonJS dependencies that ended up in an ES module still ask for Node's own modules by `require`. */
const REQUIRE_IN_MODULES =
  "import{createRequire as lakewrightRequire}from'node:module';const require=lakewrightRequire(import.meta.url);";
/** ZIP times have no zone and fflate writes local time: noon of the first day ZIP knows is the same bytes everywhere. */
const ZIP_TIME = new Date(1980, 0, 1, 12);
/** Unix, a regular file that everybody may read: Lambda runs as another user. */
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** A Lambda's code, ready to upload. */
export interface LambdaBundle {
  /** Absolute path of the zip, named by its content; below `node_modules/.cache`. */
  readonly zipPath: string;
  /** SHA-256 of the zip in base64, as `source_code_hash` wants it. */
  readonly sha256: string;
  /** Size of the zip. */
  readonly bytes: number;
}

/**
 * Bundles one TypeScript entry with everything it imports into one minified ES module for Node 22, and zips it with fixed
 * times and modes: the same source and lock file give the same bytes on every machine and in every clone.
 *
 * @param entry path of the file that exports `handler`, relative to the project or absolute
 * @throws LakewrightError CONSTRUCT_LAMBDA_ENTRY, CONSTRUCT_LAMBDA_BUNDLE (esbuild's message), CONSTRUCT_LAMBDA_HANDLER
 */
export function bundleLambda(entry: string): LambdaBundle {
  const root = projectRoot();
  const file = isAbsolute(entry) ? entry : resolve(root, entry);
  if (!existsSync(file)) {
    throw new LakewrightError('CONSTRUCT_LAMBDA_ENTRY', `entry: must be a file of the project (got "${entry}")`, {
      hint: 'apps/<system>/lambdas/<function>/handler.ts',
    });
  }
  const code = build(file, entry);
  const zip = zipSync({ [BUNDLE_FILE]: [code, { level: 9, mtime: ZIP_TIME, os: UNIX, attrs: READABLE_FILE }] });
  const sha256 = createHash('sha256').update(zip).digest();
  const zipPath = join(root, 'node_modules/.cache/lakewright/lambdas', sha256.toString('hex').slice(0, 32), 'function.zip');
  writeOnce(zipPath, zip);
  return { zipPath, sha256: sha256.toString('base64'), bytes: zip.length };
}

function build(file: string, entry: string): Uint8Array {
  try {
    const { outputFiles, metafile } = buildSync({
      entryPoints: [file],
      // Paths in messages are relative to here; none gets into the output.
      absWorkingDir: dirname(file),
      bundle: true,
      write: false,
      metafile: true,
      outfile: 'index.mjs',
      platform: 'node',
      target: 'node22',
      format: 'esm',
      minify: true,
      sourcemap: false,
      legalComments: 'none',
      charset: 'utf8',
      mainFields: ['module', 'main'],
      conditions: ['module', 'import'],
      banner: { js: REQUIRE_IN_MODULES },
      logLevel: 'silent',
    });
    validateHandler(Object.values(metafile.outputs)[0]?.exports ?? [], entry);
    return outputFiles[0]!.contents;
  } catch (cause) {
    if (cause instanceof LakewrightError) throw cause;
    throw bundleError(cause, file, entry);
  }
}

function bundleError(cause: unknown, file: string, entry: string): LakewrightError {
  const first = (cause as { errors?: { text: string; location: { file: string; line: number; column: number } | null }[] })
    .errors?.[0];
  const at = first?.location;
  return new LakewrightError('CONSTRUCT_LAMBDA_BUNDLE', `entry ${entry} cannot be bundled: ${first?.text ?? String(cause)}`, {
    hint: 'everything the handler imports must be installed: Lambda gets the bundle and nothing else',
    location: at
      ? { file: relative(projectRoot(), resolve(dirname(file), at.file)), line: at.line, column: at.column + 1 }
      : undefined,
    cause,
  });
}

function validateHandler(exported: readonly string[], entry: string): void {
  if (exported.includes('handler')) return;
  throw new LakewrightError(
    'CONSTRUCT_LAMBDA_HANDLER',
    `entry ${entry}: must export a function "handler" (got ${exported.join(', ') || 'no export'})`,
    { hint: 'export const handler = async (event) => ...' },
  );
}

/** Two synths at the same time may write the same content: the last rename wins, and both are right. */
function writeOnce(path: string, content: Uint8Array): void {
  if (existsSync(path) && statSync(path).size === content.length) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}
