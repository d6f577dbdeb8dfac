import { createReadStream, type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SourceLocation } from '@lakewright/config';
import { isMissing } from '../durable-file';
import { byPath, type FileStore, type FoundFile } from './file-store';
import { globMatcher, isHidden, splitGlob } from './glob';
import { sourceError } from './source-error';

/**
 * Files of this machine. A path that exists is taken as it is, pattern characters included; otherwise it is a pattern.
 *
 * @throws LakewrightError LAKEFLOW_SOURCE_MISSING when the folder is not there, LAKEFLOW_SOURCE_PATH for a path that is not absolute
 */
export class LocalFiles implements FileStore {
  constructor(protected readonly location: SourceLocation) {}

  async list(path: string): Promise<readonly FoundFile[]> {
    const wanted = this.absolute(path);
    const { base, pattern } = existsSync(wanted) ? { base: wanted, pattern: '' } : splitGlob(wanted);
    const stats = statSync(base, { throwIfNoEntry: false });
    if (!stats) throw this.missing(base);
    if (stats.isFile()) return [{ path: base, size: stats.size, modified: stats.mtime }];
    const matches = globMatcher(pattern);
    const root = base.replace(/\/+$/, '');
    return walk(root, '')
      .filter((relative) => matches(relative))
      .flatMap((relative) => found(`${root}/${relative}`))
      .sort(byPath);
  }

  async read(file: FoundFile): Promise<Uint8Array> {
    try {
      return await readFile(file.path);
    } catch (error) {
      throw this.gone(file, error);
    }
  }

  async *chunks(file: FoundFile): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 20 })) yield chunk as Uint8Array;
    } catch (error) {
      throw this.gone(file, error);
    }
  }

  /** A path as the pipeline knows it. */
  protected shown(path: string): string {
    return path;
  }

  private absolute(path: string): string {
    const plain = path.startsWith('file:') ? fileURLToPath(path.replace(/^file:\/*/, 'file:///')) : path;
    if (plain.startsWith('/')) return plain;
    throw sourceError(
      'LAKEFLOW_SOURCE_PATH',
      `read_files cannot read ${path}`,
      this.location,
      'give an absolute path, a file: URL or s3://bucket/prefix; put it into the configuration of the pipeline and write ${name}',
    );
  }

  private missing(folder: string) {
    return sourceError(
      'LAKEFLOW_SOURCE_MISSING',
      `there is no folder or file ${this.shown(folder)}`,
      this.location,
      'make the folder, or mend the path',
    );
  }

  private gone(file: FoundFile, cause: unknown) {
    return sourceError(
      'LAKEFLOW_SOURCE_GONE',
      `${this.shown(file.path)} was found but cannot be read`,
      this.location,
      'files of a source must stay until they were read; run the update again to go on without it',
      cause,
    );
  }
}

/** Paths of files below a folder, hidden names left out, links followed. */
function walk(root: string, below: string): readonly string[] {
  return readdirSync(below === '' ? root : `${root}/${below}`, { withFileTypes: true })
    .filter((entry) => !isHidden(entry.name))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return isFolder(entry, `${root}/${path}`) ? walk(root, path) : [path];
    });
}

function isFolder(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A file that went away between the listing and here is not found. */
function found(path: string): readonly FoundFile[] {
  try {
    const stats = statSync(path);
    return stats.isFile() ? [{ path, size: stats.size, modified: stats.mtime }] : [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
