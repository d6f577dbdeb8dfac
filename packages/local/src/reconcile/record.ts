import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPaths } from '@lakewright/config';
import type { Facts, RecordedResource } from '../runners/runner';

/**
 * What the data plane has made, in the order of making: `<home>/reconciled.json`. A resource is written down before it is made,
 * so that a crash in between leaves nothing behind that nobody knows of.
 */
export class ReconciledRecord {
  private constructor(
    private readonly file: string,
    private resources: RecordedResource[],
  ) {}

  static read(paths: Pick<LocalPaths, 'home'>): ReconciledRecord {
    const file = join(paths.home, 'reconciled.json');
    const resources = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { resources: RecordedResource[] }).resources
      : [];
    return new ReconciledRecord(file, resources);
  }

  /** Oldest first. */
  all(): readonly RecordedResource[] {
    return this.resources;
  }

  put(resource: RecordedResource): void {
    const index = this.resources.findIndex((known) => sameAddress(known, resource));
    if (index >= 0 && JSON.stringify(this.resources[index]) === JSON.stringify(resource)) return;
    if (index >= 0) this.resources[index] = resource;
    else this.resources.push(resource);
    this.save();
  }

  delete(resource: RecordedResource): void {
    this.resources = this.resources.filter((known) => !sameAddress(known, resource));
    this.save();
  }

  private save(): void {
    mkdirSync(join(this.file, '..'), { recursive: true });
    writeFileSync(`${this.file}.draft`, `${JSON.stringify({ resources: this.resources }, null, 1)}\n`);
    renameSync(`${this.file}.draft`, this.file);
  }
}

type Addressed = Pick<RecordedResource, 'stack' | 'address'>;

function sameAddress(a: Addressed, b: Addressed): boolean {
  return a.stack === b.stack && a.address === b.address;
}

/** Whether two facts name one thing. */
export function sameIdentity(a: Facts, b: Facts): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
