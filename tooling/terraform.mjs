// Terraform for this checkout: the one on PATH if it is new enough, else the pinned release in .tools, which is downloaded once.
// Its archive is taken only with the checksum in terraform.json. No dependencies: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entries } from './zip.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const pinned = JSON.parse(readFileSync(join(root, 'tooling/terraform.json'), 'utf8'));
const RELEASES = 'https://releases.hashicorp.com/terraform';
const DOWNLOAD_MS = 300_000;

export const minimumTerraform = pinned.minimum;

/** Where the pinned release lies once it was downloaded. The data plane looks there too (packages/deploy). */
export function pinnedTerraform(tools = toolsFolder()) {
  return join(tools, 'terraform', pinned.release, process.platform === 'win32' ? 'terraform.exe' : 'terraform');
}

/** `.tools` of the checkout; LAKEWRIGHT_TOOLS moves it. */
export function toolsFolder() {
  return process.env.LAKEWRIGHT_TOOLS || join(root, '.tools');
}

/**
 * The first terraform or tofu on PATH that is new enough, else the pinned one if it is there.
 * @returns {{ executable?: string, tooOld: { executable: string, version: string }[] }}
 */
export function findTerraform() {
  const tooOld = [];
  for (const executable of candidates()) {
    const version = versionOf(executable);
    if (version === undefined) continue;
    if (isAtLeast(version, pinned.minimum)) return { executable, tooOld };
    tooOld.push({ executable, version });
  }
  return { tooOld };
}

function candidates() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...['terraform', 'tofu'].flatMap((name) => folders.map((folder) => join(folder, name))), pinnedTerraform()].filter(
    existsSync,
  );
}

function versionOf(executable) {
  const { status, stdout } = spawnSync(executable, ['version', '-json'], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: process.platform === 'win32' ? 'NUL' : '/dev/null' },
  });
  try {
    return status === 0 ? JSON.parse(stdout).terraform_version : undefined;
  } catch {
    return undefined;
  }
}

function isAtLeast(version, minimum) {
  const [given, least] = [version, minimum].map((text) => text.split('-')[0].split('.').map(Number));
  const different = least.findIndex((number, index) => given[index] !== number);
  return different < 0 || given[different] > least[different];
}

/**
 * Downloads the pinned release into the tools folder.
 * @returns {Promise<string>} the executable
 * @throws Error saying why there is none: no archive for this platform, no server, a wrong checksum
 */
export async function downloadTerraform() {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const wanted = pinned.archives[platform];
  if (!wanted) throw new Error(`no release is pinned for ${platform}`);
  const base = process.env.LAKEWRIGHT_TERRAFORM_MIRROR || RELEASES;
  const address = `${base.replace(/\/$/, '')}/${pinned.release}/terraform_${pinned.release}_${platform}.zip`;
  const archive = await download(address);
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== wanted) throw new Error(`${address} has the checksum ${found} instead of ${wanted} and was refused`);
  const executable = pinnedTerraform();
  mkdirSync(dirname(executable), { recursive: true });
  const draft = `${executable}.${process.pid}`;
  writeFileSync(draft, entry(archive, 'terraform'), { mode: 0o755 });
  renameSync(draft, executable);
  return executable;
}

async function download(address) {
  let response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${address} cannot be reached (${error.cause?.code ?? error.message})`);
  }
  throw new Error(`${address} answers ${response.status}`);
}

function entry(archive, name) {
  for (const { content } of entries(archive, (each) => each === name)) return content;
  throw new Error(`the archive holds no ${name}`);
}
