import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { appendDurably, isMissing } from '../durable-file';
import type { SourceFile } from './checkpoint';

/**
 * The files that a source has read: one JSON line a file, only ever appended to, so that recording a file does not cost more the
 * more files there are. The checkpoint says how many lines count; lines after them belong to a batch that was not finished.
 */
export interface FileList {
  /** The last known state of each path. */
  readonly known: ReadonlyMap<string, SourceFile>;
}

/** The first `entries` lines. */
export function readFileList(path: string, entries: number): FileList {
  const known = new Map<string, SourceFile>();
  if (entries === 0) return { known };
  const lines = readFileSync(path, 'utf8').split('\n');
  for (let index = 0; index < entries; index += 1) {
    const file = JSON.parse(lines[index] ?? '') as SourceFile;
    known.set(file.path, file);
  }
  return { known };
}

/** Cuts off what counts not, then appends. */
export function appendToFileList(path: string, entries: number, files: readonly SourceFile[]): void {
  truncate(path, entries);
  if (files.length > 0) appendDurably(path, files.map((file) => `${JSON.stringify(file)}\n`).join(''));
}

function truncate(path: string, entries: number): void {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  let end = 0;
  for (let line = 0; line < entries; line += 1) end = bytes.indexOf(10, end) + 1;
  if (end === bytes.length) return;
  const handle = openSync(path, 'r+');
  ftruncateSync(handle, end);
  closeSync(handle);
}
