import type { ChildProcess } from 'node:child_process';

const GRACE_MS = 5_000;

/** Ends a child: SIGTERM, and SIGKILL after a time. Returns when it has ended; does nothing when it already has, or never began. */
export async function endChild(child: ChildProcess, graceMs = GRACE_MS): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Lets a child not outlive this process, however this one exits of itself. */
export function killWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
