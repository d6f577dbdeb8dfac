import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is deployed of one kind: one JSON file each, in a folder below the home. A key may hold any character. */
export class Registry<T> {
  constructor(private readonly folder: string) {}

  /** @returns whether anything had to be written */
  put(key: string, entry: T): 'created' | 'updated' | 'unchanged' {
    const file = this.file(key);
    const wanted = `${JSON.stringify(entry, null, 1)}\n`;
    const existed = existsSync(file);
    if (existed && readFileSync(file, 'utf8') === wanted) return 'unchanged';
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(`${file}.draft`, wanted);
    renameSync(`${file}.draft`, file);
    return existed ? 'updated' : 'created';
  }

  get(key: string): T | undefined {
    const file = this.file(key);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
  }

  /** Sorted. */
  keys(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => decodeURIComponent(name.slice(0, -'.json'.length)))
      .sort();
  }

  delete(key: string): void {
    rmSync(this.file(key), { force: true });
  }

  private file(key: string): string {
    return join(this.folder, `${encodeURIComponent(key)}.json`);
  }
}
