import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LakewrightError } from './errors';

/** Bytes that a command needs at the least: a synth, states and a checkpoint. */
const LEAST_FREE = 16 * 1024 * 1024;
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Makes sure that the folder of the local plane can be written and has room, before anything is begun that would end half-way.
 *
 * @throws LakewrightError LOCAL_READ_ONLY, LOCAL_DISK_FULL
 */
export function requireStorage(home: string, least = LEAST_FREE): void {
  const probe = join(home, `.probe.${process.pid}`);
  try {
    mkdirSync(home, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw storageFault(cause, home) ?? cause;
  }
  const free = freeBytes(home);
  if (free < least) throw diskFull(home, free);
}

/**
 * What a full disk or a read-only folder is called for the user; undefined for an error of another kind. Children and engines
 * tell it in words only, which are those of the C library.
 */
export function storageFault(error: unknown, home: string): LakewrightError | undefined {
  for (
    let cause = error as NodeJS.ErrnoException | undefined;
    cause?.message !== undefined;
    cause = cause.cause as typeof cause
  ) {
    if (cause instanceof LakewrightError && /^LOCAL_(DISK_FULL|READ_ONLY)$/.test(cause.code)) return cause;
    const { code, path, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left on device/i.test(message)) {
      return diskFull(path ?? home, freeBytes(home), error);
    }
    if (code && READ_ONLY.has(code) && path) return readOnly(path, code, error);
  }
  return undefined;
}

function diskFull(path: string, free: number, cause?: unknown): LakewrightError {
  const megabytes = (free / 1024 / 1024).toFixed(1);
  return new LakewrightError('LOCAL_DISK_FULL', `no space is left on the disk of ${path} (${megabytes} MB are free)`, {
    hint: 'make room, then run the command again: nothing that was acknowledged is lost',
    cause,
  });
}

function readOnly(path: string, code: string, cause: unknown): LakewrightError {
  return new LakewrightError('LOCAL_READ_ONLY', `${path} cannot be written (${code})`, {
    hint: 'make the folder writable, or name another one: LAKEWRIGHT_HOME=<folder>',
    cause,
  });
}

/** Of the nearest folder that exists. */
function freeBytes(path: string): number {
  if (!existsSync(path) && path !== dirname(path)) return freeBytes(dirname(path));
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
