import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ObjectStore } from '../../src/target/object-store';

/** A bucket in a folder: an object is there whole or not at all, as in S3. */
export function folderStore(folder: string): ObjectStore {
  return {
    put: async (key, body) => {
      const file = join(folder, key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.draft`, body);
      renameSync(`${file}.draft`, file);
    },
    list: async (prefix) => filesOf(folder).filter((key) => key.startsWith(prefix)),
    remove: async (keys) => {
      for (const key of keys) rmSync(join(folder, key));
    },
  };
}

/** Keys of a bucket in a folder, sorted. */
export function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.draft'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
