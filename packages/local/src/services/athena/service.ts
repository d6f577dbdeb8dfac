import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { taskEnvironment } from '@lakewright/config';
import { awsEndpoint, type LocalContext } from '../../context';
import { serviceFolder } from '../instance';
import { spawnDetached } from '../process';
import { requirePython } from '../python';
import type { ServiceDefinition } from '../service';

/** Athena's queries: SQL as Trino reads it, over the Glue catalog of this clone (`lakewright_athena/`). */
export function athenaService(context: LocalContext): ServiceDefinition {
  const address = `http://127.0.0.1:${context.ports.athena}`;
  return {
    name: 'athena',
    title: 'Athena queries',
    port: context.ports.athena,
    address,
    // Its catalog, the tables and the results are there.
    after: ['ministack'],
    startTimeoutMs: 60_000,
    patienceMs: 20_000,
    stopTimeoutMs: 15_000,
    start: (logFile) => {
      const folder = join(serviceFolder(context, 'athena'), 'executions');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { endpoint, region } = awsEndpoint(context);
      return spawnDetached({
        command: requirePython(context.root),
        args: [
          ...['-m', 'lakewright_athena.server', '--port', String(context.ports.athena)],
          ...['--folder', folder, '--endpoint', endpoint, '--region', region],
        ],
        cwd: folder,
        env: taskEnvironment({ PYTHONPATH: join(context.root, 'packages/local/src/services/athena'), PYTHONUNBUFFERED: '1' }),
        logFile,
      });
    },
    healthy: async () => {
      try {
        return (await fetch(address, { signal: AbortSignal.timeout(1_000) })).ok;
      } catch {
        return false;
      }
    },
  };
}
