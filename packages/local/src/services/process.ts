import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process that cannot be mistaken for a later one with the same number: the number, and when it started as the kernel
 * tells it (Linux: boot id and clock ticks; elsewhere the date that `ps` shows).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
}

interface ProcessRow extends ProcessIdentity {
  readonly group: number;
}

/** The identity of a running process; undefined when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  const row = process.platform === 'linux' ? linuxRow(pid) : psRows().find((candidate) => candidate.pid === pid);
  return row && { pid: row.pid, start: row.start };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.start === identity.start;
}

/**
 * The processes of the group that `leader` leads or led, itself included. Children outlive a leader that was killed; a
 * process that took over the leader's number in the meantime is told by its start and never returned.
 */
export function groupMembers(leader: ProcessIdentity): number[] {
  const rows = process.platform === 'linux' ? linuxRows() : psRows();
  const holder = rows.find((row) => row.pid === leader.pid);
  if (holder && holder.start !== leader.start) return [];
  return rows.filter((row) => row.group === leader.pid && sameBoot(row, leader)).map((row) => row.pid);
}

function sameBoot(row: ProcessIdentity, leader: ProcessIdentity): boolean {
  return process.platform !== 'linux' || row.start.split('/')[0] === leader.start.split('/')[0];
}

function linuxRows(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => linuxRow(Number(name)) ?? []);
}

/** proc(5): after the command in parentheses come state, parent, group; the start time is the 22nd field. */
function linuxRow(pid: number): ProcessRow | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, group: Number(fields[2]), start: `${bootId()}/${fields[19]}` };
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function psRows(): ProcessRow[] {
  const table = execFileSync('ps', ['-axo', 'pid=,pgid=,state=,lstart='], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
  });
  return table.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    return match && !match[3]!.startsWith('Z') ? [{ pid: Number(match[1]), group: Number(match[2]), start: match[4]! }] : [];
  });
}

export interface DetachedOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** Starts a process that leads its own group, writes to the log file and outlives this one; resolves to its id. */
export async function spawnDetached({ command, args, cwd, env, logFile }: DetachedOptions): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid!;
  } finally {
    closeSync(log);
  }
}

/**
 * Ends a process and everything in its group: SIGTERM to the leader alone, so that it can end its children in order, then
 * SIGKILL to whatever of the group is left. Never signals a process that is not the one meant.
 *
 * @returns whether anything had to be ended
 */
export async function endGroup(leader: ProcessIdentity, graceMs: number): Promise<boolean> {
  const wasAlive = isAlive(leader);
  if (wasAlive) signal(leader.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isAlive(leader) && Date.now() < deadline) await sleep(50);
  const left = groupMembers(leader);
  for (const pid of left) signal(pid, 'SIGKILL');
  while (groupMembers(leader).length > 0 && Date.now() < deadline + 5_000) await sleep(20);
  return wasAlive || left.length > 0;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Ended by itself between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
