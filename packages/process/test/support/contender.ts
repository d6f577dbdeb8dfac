import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { takeLock } from '@lakewright/process';

/**
 * node contender.cjs <lock> <pid of a dead process> <times>: takes the lock so often, and leaves it each time as a process does that
 * was killed. Fails when somebody else is inside at the same time.
 */
const [file, dead, times] = process.argv.slice(2) as [string, string, string];
const HELD = new Error('held');

for (let won = 0; won < Number(times); ) {
  try {
    takeLock(file, () => HELD).abandon();
  } catch (error) {
    if (error === HELD) continue;
    throw error;
  }
  won += 1;
  closeSync(openSync(`${file}.inside`, 'wx'));
  rmSync(`${file}.inside`);
  const stale = `${file}.stale.${process.pid}`;
  writeFileSync(stale, JSON.stringify({ pid: Number(dead), start: 'before', since: `${process.pid} ${won}` }));
  renameSync(stale, file);
}
