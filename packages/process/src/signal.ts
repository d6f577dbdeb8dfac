/**
 * Sends a signal to a process, or to a group by its negative number.
 *
 * @returns false when there is none: it ended by itself between the look and the signal
 */
export function sendSignal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
