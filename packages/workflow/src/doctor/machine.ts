import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { atLeast, childEnvironment, LakewrightError, localPaths, pythonExecutable, systemNames } from '@lakewright/config';
import { findTerraform } from '@lakewright/deploy';
import { HOW_TO_GET_MARIADB, installedMariaDbs } from '@lakewright/local/mariadb';
import type { Finding } from './check';

const PYTHON = '3.11';
const JAVA = '17';
const GIB = 1024 ** 3;
/** A day of work with every system; the packages themselves are there already. */
const DISK_GIB = { needed: 1, wanted: 5 };
/** Python packages that the services run on. */
const PYTHON_PACKAGES = ['ministack', 'pysail'];

/** The Node that runs this: what `engines` in package.json and tooling/bootstrap.mjs ask for. */
export function checkNode(version: string = process.versions.node): Finding {
  const supported = (/^20\./.test(version) && atLeast(version, '20.19')) || /^22\./.test(version);
  if (supported) return { state: 'ok', found: version };
  return { state: 'missing', found: version, hint: 'Node 20.19 or 22: nodejs.org/en/download, or your version manager' };
}

/** The project's own Python environment, or one to make it with. */
export function checkPython(root: string): Finding {
  const own = pythonExecutable(root);
  if (existsSync(own)) {
    const version = pythonVersion(own);
    const names = JSON.stringify(PYTHON_PACKAGES);
    const packages = output(own, ['-c', `import importlib.metadata as m\nfor n in ${names}: m.version(n)`]);
    if (version && packages !== undefined) return { state: 'ok', found: `${version} in .venv` };
    return { state: 'missing', found: '.venv is not complete', hint: 'npm start makes it anew' };
  }
  const found = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']
    .map(pythonVersion)
    .find((version) => version !== undefined && atLeast(version, PYTHON));
  if (found)
    return { state: 'missing', found: `${found}, without the project's packages`, hint: 'npm start installs them into .venv' };
  return {
    state: 'missing',
    found: 'none',
    hint: `Python ${PYTHON} or later with venv: python.org/downloads (Debian, Ubuntu: apt-get install python3 python3-venv)`,
  };
}

function pythonVersion(command: string): string | undefined {
  return output(command, ['-c', 'import platform; print(platform.python_version())'])?.trim();
}

/** Terraform, or OpenTofu where there is none. */
export function checkTerraform(): Finding {
  let executable: string;
  try {
    executable = findTerraform();
  } catch (error) {
    if (!(error instanceof LakewrightError)) throw error;
    return { state: 'missing', found: error.message, hint: error.hint };
  }
  const answer = output(executable, ['version', '-json'], { CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: nowhere() });
  const version = answer && (JSON.parse(answer) as { terraform_version?: string }).terraform_version;
  const name = executable.endsWith('tofu') ? 'OpenTofu' : 'Terraform';
  return version ? { state: 'ok', found: `${name} ${version}` } : { state: 'missing', found: `${executable} does not run` };
}

/** Optional where no system with Glue jobs is brought up. JAVA_HOME comes before PATH, as Spark has it. */
export function checkJava(root: string): Finding {
  const systems = systemsWithGlueJobs(root);
  const need =
    systems.length > 0 ? `Glue jobs of ${systems.join(', ')} run on Java ${JAVA} or later` : `Glue jobs run on Java ${JAVA}`;
  const hint = `${need}: adoptium.net (Debian, Ubuntu: apt-get install openjdk-17-jre-headless)`;
  const { JAVA_HOME } = childEnvironment();
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin/java') : 'java';
  const found = spawnSync(java, ['-version'], { encoding: 'utf8', env: childEnvironment() });
  const version = /version "([^"]+)"/.exec(`${found.stderr}${found.stdout}`)?.[1];
  if (!version) return { state: 'note', found: JAVA_HOME ? `none in JAVA_HOME (${JAVA_HOME})` : 'none', hint };
  return atLeast(version, JAVA) ? { state: 'ok', found: version } : { state: 'note', found: version, hint };
}

/** Optional: it is installed when the first system with Glue jobs is brought up. */
export function checkGlueSpark(root: string): Finding {
  const { status } = spawnSync(process.execPath, [join(root, 'tooling/spark.mjs'), 'glue', '--installed'], {
    env: childEnvironment(),
  });
  if (status === 0) return { state: 'ok', found: 'installed' };
  const hint = 'installed when Glue jobs are first brought up (half a gigabyte), or now: node tooling/spark.mjs glue';
  return { state: 'note', found: 'not installed', hint };
}

/** Their folders have the files of the jobs. */
function systemsWithGlueJobs(root: string): readonly string[] {
  return systemNames(root).filter((name) => existsSync(join(root, 'apps', name, 'glue')));
}

/** Optional as long as no system has a MySQL database; on Linux x64 one is downloaded when it is needed. */
export function checkMariaDb(): Finding {
  const [found] = installedMariaDbs();
  if (found) return { state: 'ok', found: `${found.version} (${found.server})` };
  const when = process.platform === 'linux' && process.arch === 'x64' ? ', or it is downloaded when first needed' : '';
  return { state: 'note', found: 'none', hint: `MariaDB runs MySQL databases locally. ${HOW_TO_GET_MARIADB}${when}` };
}

/** Optional: only the dashboard's own tests need it. */
export function checkChromium(): Finding {
  const found = onPath(['chromium', 'google-chrome', 'chrome']);
  if (found) return { state: 'ok', found };
  return {
    state: 'note',
    found: 'none',
    hint: 'optional, for the browser tests of dashboards: chromium.org/getting-involved/download-chromium',
  };
}

/** Room where the local plane keeps its data. */
export function checkDisk(root: string): Finding {
  const folder = existing(localPaths(root).home);
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / GIB;
  const found = `${free.toFixed(1)} GiB free in ${folder}`;
  if (free < DISK_GIB.needed)
    return { state: 'missing', found, hint: `free ${DISK_GIB.needed} GiB, or set LAKEWRIGHT_HOME to a folder elsewhere` };
  return free < DISK_GIB.wanted
    ? { state: 'note', found, hint: `${DISK_GIB.wanted} GiB are comfortable` }
    : { state: 'ok', found };
}

/** Whether the local plane may write where it keeps its data. */
export function checkHome(root: string): Finding {
  const { home } = localPaths(root);
  try {
    accessSync(existing(home), constants.W_OK);
    return { state: 'ok', found: home };
  } catch {
    return {
      state: 'missing',
      found: `${home} cannot be written`,
      hint: 'make it writable, or set LAKEWRIGHT_HOME to a folder that is',
    };
  }
}

/** The folder itself, or the nearest above it that there is. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

/** The first of these programs that a folder of PATH has. */
export function onPath(names: readonly string[]): string | undefined {
  const folders = (childEnvironment().PATH ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((candidate) => existsSync(candidate));
}

/** What a program prints; undefined when there is none or it fails. */
function output(command: string, args: readonly string[], env: Record<string, string> = {}): string | undefined {
  const ended = spawnSync(command, args, { encoding: 'utf8', env: childEnvironment(env) });
  return ended.status === 0 ? ended.stdout : undefined;
}

function nowhere(): string {
  return process.platform === 'win32' ? 'NUL' : '/dev/null';
}
