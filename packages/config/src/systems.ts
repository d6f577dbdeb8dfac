import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentName } from './environment';
import { EXIT, LakewrightError } from './errors';
import { projectRoot } from './project';
import { type SystemManifest, type SystemRun, validateManifest } from './system-manifest';
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
 * Reads and checks the manifest of one system, payload files included; nothing else reads a `system.json`.
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
  const manifest = validateManifest(readJson(root, path), system);
  return { ...manifest, runs: mapValues(manifest.runs, (run) => withPayload(root, system, run)) };
}

/** The run with what its payload file holds. */
function withPayload(root: string, system: string, run: SystemRun): SystemRun {
  if (run.kind !== 'lambda' || run.payloadFile === undefined) return run;
  const path = `apps/${system}/${run.payloadFile}`;
  const payload = readJson(root, path);
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
    return { ...run, payload: payload as typeof run.payload };
  }
  throw new LakewrightError('CONFIG_MANIFEST', `${path} must hold a JSON object: the payload of a function`, {
    hint: 'payloadFile in the system.json names it',
  });
}

function readJson(root: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch (cause) {
    const what = existsSync(join(root, path)) ? `is not JSON: ${(cause as Error).message}` : 'is not there';
    throw new LakewrightError('CONFIG_MANIFEST', `${path} ${what}`, {
      hint: 'packages/config/README.md describes the manifest',
      cause,
    });
  }
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
