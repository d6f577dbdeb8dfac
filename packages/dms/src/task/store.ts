import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';

/** JSON documents in a folder, one file each; a document is either the one before or the new one, whatever ends the process. */
export class DocumentStore<T> {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** @throws LakewrightError DMS_STATE for a file that is damaged */
  all(): T[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => this.read(join(this.folder, name)));
  }

  /** Returns when the document is on the disk. */
  write(id: string, document: T): void {
    const file = this.file(id);
    const draft = `${file}.draft`;
    const handle = openSync(draft, 'w');
    try {
      writeSync(handle, `${JSON.stringify(document)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
    const folder = openSync(this.folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  remove(id: string): void {
    if (existsSync(this.file(id))) rmSync(this.file(id));
  }

  private file(id: string): string {
    return join(this.folder, `${encodeURIComponent(id)}.json`);
  }

  private read(file: string): T {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as T;
    } catch (cause) {
      throw new LakewrightError('DMS_STATE', `the state of DMS is damaged: ${file}`, {
        hint: 'remove the file, then lakewright up; the task begins with a full load',
        cause,
      });
    }
  }
}
