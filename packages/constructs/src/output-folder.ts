import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { type Environment, processEnvironment, projectRoot } from '@lakewright/config';

/** Says what the stacks in an output folder were synthesized for. */
const MARKER = 'synthesized-for.json';

/**
 * Makes the folder that stacks are synthesized into. What Terraform left there for another environment goes first: its
 * provider plugins and its lock file above all, because a cloud environment must never be planned on the stand-ins that
 * `local` put there, and Terraform refuses a folder whose backend has changed. States are kept elsewhere.
 *
 * @param outdir absolute
 */
export function prepareOutputFolder(outdir: string, environment: Environment): void {
  mkdirSync(outdir, { recursive: true });
  const marker = join(outdir, MARKER);
  const wanted = purposeOf(outdir, environment);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  // Only what cdktf made: a folder without its manifest is somebody else's.
  if (existsSync(join(outdir, 'manifest.json'))) rmSync(join(outdir, 'stacks'), { recursive: true, force: true });
  writeFileSync(marker, wanted);
}

function purposeOf(outdir: string, { name, providers, backend }: Environment): string {
  const root = projectRoot();
  const states = relative(outdir, resolve(root, processEnvironment().stateRoot ?? '.state'))
    .split(sep)
    .join('/');
  return `${JSON.stringify({ environment: name, providers, backend, ...(backend.type === 'local' && { states }) })}\n`;
}
