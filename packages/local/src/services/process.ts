import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupMembers, isAlive, type ProcessIdentity, sendSignal } from '@lakewright/process';

export interface DetachedOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** The user that it runs as, where this process may choose. @default this one's */
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a process that leads its own group, writes to the log file and outlives this one; resolves to its id. */
export async function spawnDetached({ command, args, cwd, env, logFile, uid, gid }: DetachedOptions): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env, uid, gid, detached: true, stdio: ['ignore', log, log] });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid!;
  } finally {
    closeSync(log);
  }
}

/**
 * Ends a process and everything in its group: SIGTERM, or what it heeds, to the leader alone, so that it can end its children in order, then
 * SIGKILL to whatever of the group is left. Never signals a process that is not the one meant.
 *
 * @returns whether anything had to be ended
 */
export async function endGroup(leader: ProcessIdentity, graceMs: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<boolean> {
  const wasAlive = isAlive(leader);
  if (wasAlive) sendSignal(leader.pid, signal);
  const deadline = Date.now() + graceMs;
  while (isAlive(leader) && Date.now() < deadline) await sleep(50);
  const left = groupMembers(leader);
  for (const pid of left) sendSignal(pid, 'SIGKILL');
  while (groupMembers(leader).length > 0 && Date.now() < deadline + 5_000) await sleep(20);
  return wasAlive || left.length > 0;
}
