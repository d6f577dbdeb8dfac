import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file so that after a crash it holds either its old or its new text: temporary file, fsync, rename, fsync of the folder.
 * Makes the folders above it.
 */
export function writeDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeAndSync(temporary, text, 'w');
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Appends to a file and waits until the disk has it. A crash may leave a part of the text: readers must tell. */
export function appendDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeAndSync(path, text, 'a');
}

/** Removes a file that may not be there. */
export function removeDurably(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return;
  }
  syncFolder(dirname(path));
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Makes renames and links inside a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function alreadyExists(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

function writeAndSync(path: string, text: string, flag: 'w' | 'a'): void {
  const handle = openSync(path, flag);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
