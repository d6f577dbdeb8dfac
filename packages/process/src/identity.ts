import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

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
