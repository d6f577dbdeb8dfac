import { join } from 'node:path';
import { LakewrightError, type LocalPaths } from '@lakewright/config';
import { PipelineFolder } from '@lakewright/lakeflow/pipeline-folder';
import { holderText, type LockHolder, lockHolder, withLock } from '@lakewright/process';

/** What one process at a time may do with a local plane, and the file that says who does it. Updates of pipelines have locks of their own. */
const LOCKS = {
  /** Everything that `up` and `down` do. */
  command: (paths: LocalPaths) => join(paths.home, 'command.lock'),
  /** Starting and stopping. */
  services: (paths: LocalPaths) => join(paths.services, 'busy.lock'),
  reconciliation: (paths: LocalPaths) => join(paths.home, 'reconcile.lock'),
};

/**
 * Does something with the local plane that only one process may do at a time.
 *
 * @throws LakewrightError LOCAL_BUSY naming the process that is at it
 */
export function withLocalLock<T>(paths: LocalPaths, what: keyof typeof LOCKS, action: () => Promise<T>): Promise<T> {
  return withLock(LOCKS[what](paths), busy, action);
}

function busy(holder: LockHolder): LakewrightError {
  return new LakewrightError('LOCAL_BUSY', `another lakewright command is changing the local plane (${holderText(holder)})`, {
    hint: 'wait for it, or end it',
  });
}

/** A lock of this clone as it lies there now. */
export interface HeldLock extends LockHolder {
  readonly file: string;
  /** What is locked: "command", "services", "reconciliation", "pipeline listings". */
  readonly what: string;
}

/** Every lock of this clone: of its commands, services, reconciliation and pipelines. Takes none. */
export function localLocks(paths: LocalPaths): HeldLock[] {
  const own = Object.entries(LOCKS).map(([what, file]) => ({ what, file: file(paths) }));
  const pipelines = PipelineFolder.ofLake(paths.lake).map(({ pipeline, lock }) => ({ what: `pipeline ${pipeline}`, file: lock }));
  return [...own, ...pipelines].flatMap(({ what, file }) => {
    const holder = lockHolder(file);
    return holder ? [{ what, file, ...holder }] : [];
  });
}
