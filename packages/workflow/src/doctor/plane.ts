import { existsSync } from 'node:fs';
import { localPaths } from '@lakewright/config';
import type { CheckResult } from './check';

/** The local plane of this clone: its ports, services and locks. Starts nothing and chooses nothing. */
export async function checkPlane(root: string): Promise<CheckResult[]> {
  if (!existsSync(localPaths(root).ports)) {
    return [{ check: 'services', state: 'ok', found: 'never started here', hint: 'lakewright up chooses ports and starts them' }];
  }
  const local = await import('@lakewright/local');
  const context = await local.openLocal({ root });
  const services = await Promise.all(
    (await local.serviceStatus(context)).map(async ({ name, state, port }): Promise<CheckResult> => {
      const check = `service ${name}`;
      if (state === 'running') return { check, state: 'ok', found: `running on port ${port}` };
      if (state === 'unhealthy')
        return { check, state: 'note', found: 'does not answer', hint: 'the next command starts it again' };
      // Its process is gone: whoever answers at the port is somebody else.
      if (await local.accepts(port)) {
        const found = `port ${port} is taken by ${local.portHolder(port) ?? 'another process'}`;
        return {
          check,
          state: 'missing',
          found,
          hint: 'end that process, or lakewright down --purge: the next up chooses other ports',
        };
      }
      if (state === 'dead') return { check, state: 'note', found: 'was killed', hint: 'the next command starts it again' };
      return { check, state: 'ok', found: `stopped; port ${port} is free`, hint: 'lakewright up starts it' };
    }),
  );
  const locks = local.localLocks(context.paths).map(({ what, pid, alive }): CheckResult => {
    const process = pid === undefined ? 'a process' : `process ${pid}`;
    if (alive) return { check: `lock of ${what}`, state: 'ok', found: `held by ${process}, which runs` };
    return {
      check: `lock of ${what}`,
      state: 'note',
      found: `left by ${process}, which has ended`,
      hint: 'the next command takes it over',
    };
  });
  return [...services, ...locks];
}
