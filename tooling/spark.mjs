// Apache Spark for this checkout, in .tools: pyspark by the hashes of a lock in tooling/python, jars from Maven by the checksums in spark.json.
// Installed when first needed (half a gigabyte). Prints the folder that Spark calls its home.
// node tooling/spark.mjs          Spark 4.2 with Delta, the second engine
// node tooling/spark.mjs glue     Spark 3.5 with Hudi and S3, as Glue 5.1 has it
// With --installed it installs nothing: it ends with 1 where what is pinned is not there.
// With --check it does nothing but look for Java: it ends with 3 and one line where that is missing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installOnce, isInstalled } from './installation.mjs';
import { downloadArtefact } from './maven.mjs';
import { toolsFolder } from './terraform.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { minimumJava, ...installations } = JSON.parse(readFileSync(join(root, 'tooling/spark.json'), 'utf8'));
const [name = 'spark', option] = process.argv.slice(2);
const pinned = installations[name];
const USAGE = 2;
const MISSING = 3;

try {
  if (!pinned)
    throw Object.assign(new Error(`there is no Spark "${name}": ${Object.keys(installations).join(', ')}`), { exitCode: USAGE });
  if (option === '--installed') process.exit(isInstalled(join(toolsFolder(), name), digest()) ? 0 : 1);
  checkJava();
  if (option !== '--check') process.stdout.write(`${await prepareSpark()}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode ?? 1);
}

function checkJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
  const { status, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const version = status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1]) : 0;
  if (version >= minimumJava) return;
  const none = process.env.JAVA_HOME ? `JAVA_HOME (${process.env.JAVA_HOME}) has none` : 'none is on PATH';
  const found = version ? `this is Java ${version}` : none;
  const where = 'adoptium.net (Debian, Ubuntu: apt-get install openjdk-17-jre-headless)';
  throw Object.assign(new Error(`MISSING: Apache Spark needs Java ${minimumJava} or later and ${found}. Get it from ${where}`), {
    exitCode: MISSING,
  });
}

/** The home of an installed Spark. */
async function prepareSpark() {
  const folder = join(toolsFolder(), name);
  await installOnce(folder, digest(), async (draft) => {
    process.stderr.write(`set-up: installing Apache Spark (${name}: half a gigabyte, once)\n`);
    run(findPython(), ['-m', 'venv', draft]);
    for (const lock of pinned.locks) {
      const flags = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps', '--no-build-isolation'];
      run(pythonOf(draft), ['-m', 'pip', 'install', ...flags, '-r', join(root, 'tooling/python', lock)]);
    }
    const jars = join(homeOf(draft), 'jars');
    for (const [path, checksum] of Object.entries(pinned.jars)) await download(path, checksum, jars);
  });
  return homeOf(folder);
}

/** Its interpreter is called by its path: what pip writes for a shell names the folder that the environment was made in. */
function pythonOf(folder) {
  return join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

function findPython() {
  const own = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  return existsSync(own) ? own : 'python3';
}

function homeOf(folder) {
  const { stdout } = spawnSync(pythonOf(folder), ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'], {
    encoding: 'utf8',
  });
  return stdout.trim();
}

async function download(path, checksum, folder) {
  const content = await downloadArtefact(path, checksum);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, basename(path)), content);
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('Apache Spark could not be installed: the messages above say why');
}

/** Of what is pinned for this installation. */
function digest() {
  const hash = createHash('sha256').update(JSON.stringify(pinned.jars));
  for (const lock of pinned.locks) hash.update(readFileSync(join(root, 'tooling/python', lock)));
  return hash.digest('hex');
}
