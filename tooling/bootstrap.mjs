// Prepares a clone: checks the tools, then npm packages and the Python environment, each only when its lock file changed.
// No dependencies and no TypeScript: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadTerraform, findTerraform, minimumTerraform } from './terraform.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MISSING = 3;

await main();

async function main() {
  checkNode();
  const python = findPython();
  await prepareTerraform();
  prepareNode();
  preparePython(python);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const supported = (major === 20 && minor >= 19) || major === 22;
  if (!supported)
    missing(`Node 20.19 or 22 is needed, this is ${process.versions.node}`, 'nodejs.org/en/download, or your version manager');
}

/** The first Python of 3.11 or later on PATH. */
function findPython() {
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    const found = spawnSync(
      name,
      ['-c', 'import sys, venv, ensurepip; print(sys.executable if sys.version_info >= (3, 11) else "")'],
      { encoding: 'utf8' },
    );
    const executable = found.status === 0 ? found.stdout.trim() : '';
    if (executable) return executable;
  }
  return missing(
    'Python 3.11 or later with venv is needed and none is on PATH',
    'python.org/downloads (Debian, Ubuntu: apt-get install python3 python3-venv)',
  );
}

/** Terraform or OpenTofu on PATH, new enough; where there is none, the pinned Terraform in `.tools`. */
async function prepareTerraform() {
  const where = 'developer.hashicorp.com/terraform/install, or opentofu.org/docs/intro/install';
  const { executable, tooOld } = findTerraform();
  if (executable) return;
  const [old] = tooOld;
  if (old) missing(`Terraform ${minimumTerraform} or later is needed, ${old.executable} is ${old.version}`, where);
  step('downloading Terraform (once)');
  try {
    await downloadTerraform();
  } catch (error) {
    missing(`Terraform (or OpenTofu) is needed, neither is on PATH, and ${error.message}`, where);
  }
}

/** `npm ci` when the lock file is not the one that was installed for this platform. */
function prepareNode() {
  const stamp = join(root, 'node_modules/.lakewright');
  const wanted = digest('package-lock.json', `${process.platform}-${process.arch}`);
  if (upToDate(stamp, wanted)) return;
  step('installing npm packages (about a minute, once)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed');
  writeFileSync(stamp, wanted);
}

/** A virtual environment whose every package is pinned by hash. */
function preparePython(python) {
  const folder = join(root, '.venv');
  const stamp = join(folder, '.lakewright');
  const lock = 'tooling/python/lakehouse.lock';
  const wanted = digest(lock, python);
  if (upToDate(stamp, wanted)) return;
  step('installing the Python environment');
  rmSync(folder, { recursive: true, force: true });
  run(python, ['-m', 'venv', folder], 'the Python environment could not be made');
  const interpreter = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  run(
    interpreter,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps', '-r', join(root, lock)],
    'the Python packages could not be installed',
  );
  writeFileSync(stamp, wanted);
}

function upToDate(stamp, wanted) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

function digest(file, salt) {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .update(salt)
    .digest('hex');
}

function run(command, args, failure) {
  // Everything a child prints is progress: standard output belongs to the command that follows.
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`${failure}: the messages above say why\n`);
  process.exit(1);
}

function step(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function missing(what, where) {
  process.stderr.write(`MISSING: ${what}. Get it from ${where}\n`);
  process.exit(MISSING);
}
