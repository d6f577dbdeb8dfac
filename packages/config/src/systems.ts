import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentName } from './environment';
import { EXIT, LakewrightError } from './errors';
import { projectRoot } from './project';
import { type SystemManifest, validateManifest } from './system-manifest';
import { requireSystemName } from './system-name';

/**
 * Every system of the checkout, sorted: the folders of `apps/` with a `system.json`. `_template` is none, as `_` begins its name.
 *
 * @throws LakewrightError CONFIG_SYSTEM_NAME naming the folder
 */
export function systemNames(root: string = projectRoot()): string[] {
  const apps = join(root, 'apps');
  if (!existsSync(apps)) return [];
  const names = readdirSync(apps)
    .filter((name) => !name.startsWith('_') && existsSync(join(apps, name, 'system.json')))
    .sort();
  for (const name of names) requireSystemName(name, `apps/${name}`);
  return names;
}

/**
 * The systems that an environment has.
 *
 * @throws LakewrightError CONFIG_SYSTEM_NAME, CONFIG_MANIFEST
 */
export function systemsOf(environment: EnvironmentName, root: string = projectRoot()): string[] {
  return systemNames(root).filter((name) => readManifest(root, name).environments.includes(environment));
}

/**
 * Reads and checks the manifest of one system; nothing else reads a `system.json`.
 *
 * @throws LakewrightError CONFIG_UNKNOWN_SYSTEM (exit 2), CONFIG_MANIFEST
 */
export function readManifest(root: string, system: string): SystemManifest {
  const path = `apps/${system}/system.json`;
  if (!existsSync(join(root, path))) {
    throw new LakewrightError('CONFIG_UNKNOWN_SYSTEM', `there is no system "${system}" (${path})`, {
      hint: `the systems are: ${systemNames(root).join(', ')}`,
      exitCode: EXIT.usage,
    });
  }
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch (cause) {
    throw new LakewrightError('CONFIG_MANIFEST', `${path} is not JSON: ${(cause as Error).message}`, {
      hint: 'packages/config/README.md describes the manifest',
      cause,
    });
  }
  return validateManifest(document, system);
}
