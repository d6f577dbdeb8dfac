import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LakewrightError } from './errors';
import { processEnvironment } from './process-environment';

/**
 * The root of the checkout: the nearest folder at or above `from` that holds `cdktf.json`.
 *
 * @throws LakewrightError CONFIG_NO_PROJECT outside a checkout
 */
export function projectRoot(from: string = process.cwd()): string {
  const given = processEnvironment().projectRoot;
  if (given) return resolve(given);
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdktf.json'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new LakewrightError('CONFIG_NO_PROJECT', `no cdktf.json at or above ${from}`, {
    hint: 'run this inside a Lakewright checkout',
  });
}

/** Every folder and file of the local plane, all below one home so that `down --purge` can forget it. */
export interface LocalPaths {
  /** `.lakewright` in the project unless LAKEWRIGHT_HOME says otherwise. */
  readonly home: string;
  /** Port numbers of this clone (JSON). */
  readonly ports: string;
  /** One log file a service. */
  readonly logs: string;
  /** State of services (process ids, data folders). */
  readonly services: string;
  /** Delta tables: `<lake>/<catalog>/<schema>/<table>`. */
  readonly lake: string;
  /** Files of volumes: `<volumes>/<catalog>/<schema>/<volume>`. */
  readonly volumes: string;
  /** Workspace files as Databricks would hold them. */
  readonly workspace: string;
  /** What can be made again at any time. */
  readonly cache: string;
}

/** The local plane's paths below `root` (absolute). */
export function localPaths(root: string = projectRoot()): LocalPaths {
  const home = resolve(processEnvironment().localHome ?? join(root, '.lakewright'));
  return {
    home,
    ports: join(home, 'ports.json'),
    logs: join(home, 'logs'),
    services: join(home, 'services'),
    lake: join(home, 'lake'),
    volumes: join(home, 'volumes'),
    workspace: join(home, 'workspace'),
    cache: join(home, 'cache'),
  };
}

/**
 * The folder local stacks are synthesized into: `cdktf.out`, as `cdktf` itself has it, unless LAKEWRIGHT_HOME moves the local plane.
 * The Terraform states lie beside it (`.state`), because the stacks name them by relative paths.
 */
export function synthFolder(root: string = projectRoot()): string {
  return processEnvironment().localHome ? join(localPaths(root).home, 'cdktf.out') : join(root, 'cdktf.out');
}

/** The interpreter of the project's hash-locked Python environment. */
export function pythonExecutable(root: string = projectRoot()): string {
  return join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

/** The folder of tools that the set-up downloads (tooling/terraform.mjs): `.tools` unless LAKEWRIGHT_TOOLS says otherwise. */
export function toolsFolder(root: string = projectRoot()): string {
  return resolve(processEnvironment().tools ?? join(root, '.tools'));
}

/** The folder of the Terraform states of one environment, relative to a synthesized stack's folder. */
export function stateFolder(environment: string): string {
  return `.state/${environment}`;
}
