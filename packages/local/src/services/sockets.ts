import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** A TCP socket that listens. */
export interface Listener {
  readonly pid: number;
  readonly port: number;
  readonly loopback: boolean;
}

/** Whether something accepts connections at a port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.setTimeout(1_000, () => done(false));
  });
}

/**
 * The TCP sockets on which the given processes listen, from /proc (Linux only; elsewhere none are seen).
 * The format is proc_net_tcp of the kernel's documentation: state 0A listens, addresses are hexadecimal.
 */
export function listeners(pids: readonly number[]): Listener[] {
  if (process.platform !== 'linux') return [];
  const inodes = listeningInodes();
  return pids.flatMap((pid) =>
    socketsOf(pid).flatMap((inode) => {
      const socket = inodes.get(inode);
      return socket ? [{ pid, ...socket }] : [];
    }),
  );
}

function listeningInodes(): Map<string, { port: number; loopback: boolean }> {
  const found = new Map<string, { port: number; loopback: boolean }>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== '0A') continue;
      const [address, port] = fields[1]!.split(':');
      found.set(fields[9]!, { port: Number.parseInt(port!, 16), loopback: isLoopback(address!) });
    }
  }
  return found;
}

/** A kernel without IPv6 has no table of it. */
function readTable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The four bytes of an IPv4 address are in host order: 127.x.y.z ends in 7F. IPv6: ::1, and IPv4 mapped into IPv6. */
function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F');
  return address === '00000000000000000000000001000000' || /^0{16}FFFF0000[0-9A-F]{6}7F$/.test(address);
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => {
      const match = /^socket:\[(\d+)\]$/.exec(linkTarget(`${folder}/${fd}`));
      return match ? [match[1]!] : [];
    });
  } catch {
    // Ended, or another user's.
    return [];
  }
}

/** Which process listens on a port, as `name (pid N)`, when this user may know. */
export function portHolder(port: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const holder = listeners(pids).find((listener) => listener.port === port);
  if (!holder) return undefined;
  return `${readTable(`/proc/${holder.pid}/comm`).trim()} (pid ${holder.pid})`;
}

function linkTarget(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
