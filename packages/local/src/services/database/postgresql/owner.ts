import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { EXIT, LakewrightError, taskEnvironment } from '@lakewright/config';

/** Who the server runs as: PostgreSQL refuses to run as root. */
export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * This user; for root a user of the machine without rights: `postgres` where there is one, else `nobody`.
 *
 * @throws LakewrightError LOCAL_POSTGRESQL_ROOT (exit 3)
 */
export function serverOwner(): Owner {
  if (userInfo().uid !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8', env: taskEnvironment() }));
    if (uid!.status === 0 && gid!.status === 0) return { uid: Number(uid!.stdout), gid: Number(gid!.stdout) };
  }
  throw new LakewrightError(
    'LOCAL_POSTGRESQL_ROOT',
    'PostgreSQL does not run as root, and this machine has no user postgres or nobody',
    {
      hint: 'run lakewright as another user',
      exitCode: EXIT.missing,
    },
  );
}

/** Gives a file to the owner. */
export function give(file: string, { uid, gid }: Owner): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}

/** Lets the owner pass through the folders down to one of root's, without seeing what is in them. */
export function letPass(folder: string, top: string, { uid }: Owner): void {
  if (uid === undefined) return;
  for (let each = folder; each.length >= top.length; each = dirname(each)) chmodSync(each, statSync(each).mode | 0o011);
}
