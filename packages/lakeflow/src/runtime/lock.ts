import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { alreadyExists, isMissing, readIfThere } from '../durable-file';

interface Holder {
  readonly pid: number;
  /** When the process began, as the system counts it: a process id alone may have been given to another process since. */
  readonly began: string;
  readonly since: string;
}

/** Locks that this process holds; a file with our own id that is not among them was left by an update that broke off. */
const held = new Set<string>();

/**
 * Takes the lock of a pipeline: one update at a time. A lock whose process has ended is taken over.
 *
 * @returns releases the lock
 * @throws LakewrightError LAKEFLOW_UPDATE_RUNNING
 */
export function takeLock(path: string, pipeline: string): { release(): void; abandon(): void } {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (create(path)) {
      held.add(path);
      return {
        release: () => {
          held.delete(path);
          rmSync(path, { force: true });
        },
        abandon: () => held.delete(path),
      };
    }
    const text = readIfThere(path);
    if (text === undefined) continue;
    const holder = parse(text);
    if (holder && isAlive(holder, path)) throw running(pipeline, holder);
    removeStale(path, text);
  }
  throw running(pipeline, undefined);
}

/** Who holds the lock of a pipeline, and whether that process still runs; undefined when nobody does. Takes nothing. */
export function lockHolder(path: string): { readonly pid?: number; readonly alive: boolean } | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const holder = parse(text);
  return { pid: holder?.pid, alive: holder !== undefined && isAlive(holder, path) };
}

function create(path: string): boolean {
  let handle: number;
  try {
    handle = openSync(path, 'wx');
  } catch (error) {
    if (alreadyExists(error)) return false;
    throw error;
  }
  const holder: Holder = { pid: process.pid, began: processStart(process.pid) ?? '', since: new Date().toISOString() };
  writeSync(handle, JSON.stringify(holder));
  closeSync(handle);
  return true;
}

/** A lock without content is being written right now, or its writer died in that very moment: it counts as stale. */
function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.pid === process.pid) return held.has(path);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const start = processStart(holder.pid);
  return start === undefined || holder.began === '' || start === holder.began;
}

/** Linux tells when a process began; elsewhere the process id has to do. */
function processStart(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Two processes may find the same stale lock: who moves away a fresh one puts it back. */
function removeStale(path: string, text: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === text) rmSync(aside);
  else renameSync(aside, path);
}

function running(pipeline: string, holder: Holder | undefined): LakewrightError {
  const who = holder ? ` (process ${holder.pid}, since ${holder.since})` : '';
  return new LakewrightError('LAKEFLOW_UPDATE_RUNNING', `an update of the pipeline ${pipeline} is already running${who}`, {
    hint: 'wait until it has ended; two updates of one pipeline would write the same tables',
  });
}
