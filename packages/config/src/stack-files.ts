import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from './errors';
import { projectRoot } from './project';
import type { StackKind } from './system-manifest';
import { readManifest, systemNames } from './systems';

/**
 * The systems, of those given, that have a stack of this kind, by what their manifests say. The files in
 * `stacks/<kind>/src/systems` are held against that first, both ways: a misspelt file would leave its system out without a word.
 *
 * @throws LakewrightError CONFIG_STACK_FILE naming the file, which is missing or nobody's
 */
export function systemsWithStack(kind: StackKind, systems: readonly string[], root: string = projectRoot()): string[] {
  const folder = `stacks/${kind}/src/systems`;
  const known = systemNames(root);
  const wanted = (system: string) => known.includes(system) && readManifest(root, system).stacks.includes(kind);
  for (const file of existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : []) {
    const system = file.replace(/\.ts$/, '');
    if (file.endsWith('.ts') && wanted(system)) continue;
    throw orphan(
      `${folder}/${file}`,
      known.includes(system) ? `"stacks" of apps/${system}/system.json does not name "${kind}"` : '',
    );
  }
  const chosen = systems.filter((system) => readManifest(root, system).stacks.includes(kind));
  const missing = chosen.map((system) => `${folder}/${system}.ts`).find((file) => !existsSync(join(root, file)));
  if (missing === undefined) return chosen;
  throw new LakewrightError('CONFIG_STACK_FILE', `there is no ${missing}, though the system has a stack there`, {
    hint: 'write it, or leave it out by "stacks" in the system\'s system.json',
  });
}

function orphan(file: string, why: string): LakewrightError {
  const system = file.replace(/^.*\/|\.ts$/g, '');
  return new LakewrightError(
    'CONFIG_STACK_FILE',
    `${file} is the stack of no system: ${why || `there is no apps/${system}/system.json`}`,
    { hint: 'name the file as the folder in apps/, or remove it' },
  );
}
