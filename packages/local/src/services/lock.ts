import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { identify, isAlive, type ProcessIdentity } from './process';

/**
 * Does something that only one process may do at a time. The lock is a file with the holder's identity: a holder that was
 * killed holds nothing.
 *
 * @throws LakewrightError LOCAL_BUSY naming the process that is at it
 */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const own = JSON.stringify(identify(process.pid));
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    while (!tryLink(draft, file)) clearStale(file);
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Who holds a lock, and whether that process still runs; undefined when nobody does. Takes nothing. */
export function lockHolder(file: string): { readonly pid?: number; readonly alive: boolean } | undefined {
  const found = read(file);
  if (found === undefined) return undefined;
  const holder = parse(found);
  return { pid: holder?.pid, alive: holder !== undefined && isAlive(holder) };
}

/** A hard link is made or not made: there is no moment in which the file exists without its holder's name. */
function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function clearStale(file: string): void {
  const found = read(file);
  if (found === undefined) return;
  const holder = parse(found);
  if (holder && isAlive(holder)) {
    throw new LakewrightError('LOCAL_BUSY', `another lakewright command is changing the local plane (pid ${holder.pid})`, {
      hint: 'wait for it, or end it',
    });
  }
  // Moved aside rather than removed: if somebody else took the lock since it was read, his file is put back.
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== found) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
