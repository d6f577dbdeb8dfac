import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './identity';

/** Who has a lock. */
export interface LockHolder {
  /** Unknown where the file is damaged. */
  readonly pid?: number;
  /** ISO time. */
  readonly since?: string;
  /** False for a lock whose process has ended: whoever wants it next takes it over. */
  readonly alive: boolean;
}

export interface ProcessLock {
  release(): void;
  /** Leaves the file as a process would that was killed here: the lock is stale from now on. For tests of crashes. */
  abandon(): void;
}

/** Locks that this process holds; a file with its own identity that is not among them was abandoned. */
const held = new Set<string>();

/**
 * Takes a lock that one process at a time may have, and only once within that process. The lock is a file with the identity of its
 * holder: a holder that was killed holds nothing, even when its number has been given to another process since.
 *
 * @param refused the error when somebody has it
 */
export function takeLock(path: string, refused: (holder: LockHolder) => Error): ProcessLock {
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true });
  const own = JSON.stringify({ ...identify(process.pid), since: new Date().toISOString() });
  for (;;) {
    if (create(file, own)) return holding(file, own);
    const found = read(file);
    if (found === undefined) continue;
    const holder = holderOf(file, found);
    if (holder.alive) throw refused(holder);
    removeStale(file, found, refused);
  }
}

/** Does something under a lock. */
export async function withLock<T>(path: string, refused: (holder: LockHolder) => Error, action: () => Promise<T>): Promise<T> {
  const lock = takeLock(path, refused);
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/** Who has a lock; undefined when nobody does. Takes nothing. */
export function lockHolder(path: string): LockHolder | undefined {
  const file = resolve(path);
  const found = read(file);
  return found === undefined ? undefined : holderOf(file, found);
}

/** `pid 4711, since 2026-01-31T09:00:00.000Z`, for a message. */
export function holderText({ pid, since }: LockHolder): string {
  return `${pid === undefined ? 'of an unknown pid' : `pid ${pid}`}${since === undefined ? '' : `, since ${since}`}`;
}

/** A hard link is made or not made: there is no moment in which the file exists without its holder's name. */
function create(file: string, own: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function holding(file: string, own: string): ProcessLock {
  held.add(file);
  return {
    release: () => {
      held.delete(file);
      // Its folder may have been removed under it, and somebody else's lock may stand there now.
      if (read(file) === own) rmSync(file, { force: true });
    },
    abandon: () => held.delete(file),
  };
}

/**
 * Removes the lock of a dead process. Several may have found it: only who has the lock for removing this very one (named after its
 * content) may, and looks again first, so that no lock that was taken since is ever removed. Who dies here leaves a stale lock that is
 * removed in the same way.
 */
function removeStale(file: string, stale: string, refused: (holder: LockHolder) => Error): void {
  const removal = takeLock(`${file}.${createHash('sha256').update(stale).digest('hex').slice(0, 12)}`, refused);
  try {
    if (read(file) === stale) rmSync(file);
  } finally {
    removal.release();
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function holderOf(file: string, text: string): LockHolder {
  const { pid, start, since } = parse(text);
  const known = pid !== undefined && start !== undefined && isAlive({ pid, start });
  return { pid, since, alive: known && (pid !== process.pid || held.has(file)) };
}

function parse(text: string): Partial<ProcessIdentity & { since: string }> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<ProcessIdentity & { since: string }>;
  } catch {
    return {};
  }
}
