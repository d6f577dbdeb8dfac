// A tool that is a folder: made beside its place, and put there whole. Two processes that install at once do not meet: the later one
// throws its own away. What a process left that was killed while it installed is removed by the next one.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const STAMP = '.lakewright';

/**
 * Makes sure that `folder` holds the installation which `wanted` stands for (a digest of what is pinned).
 *
 * @param {string} folder
 * @param {string} wanted
 * @param {(draft: string) => Promise<void>} install fills the folder that it is given, which is moved to `folder` afterwards
 */
export async function installOnce(folder, wanted, install) {
  if (isInstalled(folder, wanted)) return;
  removeLeftovers(folder);
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    await install(draft);
    writeFileSync(join(draft, STAMP), wanted);
    put(draft, folder, wanted);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Whether the folder is a whole installation of what is wanted: the stamp comes last. */
export function isInstalled(folder, wanted) {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/** Moves the draft to its place, unless another process was faster; what is there and not wanted goes. */
function put(draft, folder, wanted) {
  const old = `${draft}.old`;
  while (!isInstalled(folder, wanted)) {
    try {
      renameSync(draft, folder);
      return;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
    }
    renameIfThere(folder, old);
    // Between the look and the move another process may have put its own there: that one is as good.
    if (isInstalled(old, wanted)) renameIfThere(old, folder);
    rmSync(old, { recursive: true, force: true });
  }
}

function renameIfThere(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
  }
}

/** Drafts of processes that are no more. */
function removeLeftovers(folder) {
  if (!existsSync(dirname(folder))) return;
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`)) continue;
    const [pid] = name.slice(basename(folder).length + 1).split('.');
    if (/^\d+$/.test(pid) && !isAlive(Number(pid))) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
