import { join } from 'node:path';
import { childEnvironment } from '@lakewright/config';
import type { LocalContext } from '../../context';
import { spawnDetached } from '../process';
import type { ServiceDefinition } from '../service';

/** The pages of the local workspace: a Node process of its own, so that they stay when the command has ended. */
export function webService(context: LocalContext): ServiceDefinition {
  const address = `http://127.0.0.1:${context.ports.web}`;
  return {
    name: 'web',
    title: 'dashboards',
    port: context.ports.web,
    address,
    startTimeoutMs: 30_000,
    patienceMs: 20_000,
    stopTimeoutMs: 5_000,
    start: (logFile) =>
      spawnDetached({
        command: process.execPath,
        args: [join(context.root, 'tooling/run.mjs'), 'packages/local/src/services/web/main.ts', String(context.ports.web)],
        cwd: context.root,
        env: childEnvironment({ LAKEWRIGHT_ROOT: context.root, LAKEWRIGHT_HOME: context.paths.home }),
        logFile,
      }),
    healthy: async () => {
      try {
        return (await fetch(`${address}/`, { signal: AbortSignal.timeout(1_000) })).status < 500;
      } catch {
        return false;
      }
    },
  };
}
