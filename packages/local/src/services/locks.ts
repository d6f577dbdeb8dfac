import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder as pipelineLockHolder } from '@lakewright/lakeflow/update-lock';
import type { LocalContext } from '../context';
import { lockHolder } from './lock';

/** A lock of this clone as it lies there now. */
export interface HeldLock {
  readonly file: string;
  /** What is locked: "services", "reconciliation", "pipeline listings". */
  readonly what: string;
  readonly pid?: number;
  /** False for a lock whose process has ended: whoever wants it next takes it over. */
  readonly alive: boolean;
}

/** Every lock of this clone: of its services, its reconciliation and its pipelines. Takes none. */
export function localLocks({ paths }: Pick<LocalContext, 'paths'>): HeldLock[] {
  const pipelines = join(paths.lake, '.pipelines');
  const own = [
    { file: join(paths.services, 'busy.lock'), what: 'services', holder: lockHolder },
    { file: join(paths.home, 'reconcile.lock'), what: 'reconciliation', holder: lockHolder },
  ];
  const ofPipelines = folders(pipelines).flatMap((catalog) =>
    folders(join(pipelines, catalog)).map((name) => ({
      file: join(pipelines, catalog, name, 'lock'),
      what: `pipeline ${name}`,
      holder: pipelineLockHolder,
    })),
  );
  return [...own, ...ofPipelines].flatMap(({ file, what, holder }) => {
    const found = holder(file);
    return found ? [{ file, what, ...found }] : [];
  });
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
