import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectEngine, startSail } from '@lakewright/lakeflow/engine';
import { awsEndpoint, type LocalContext } from '../../context';
import { requirePython } from '../python';
import type { ServiceDefinition } from '../service';

/** The SQL engine: Sail, which reads and writes `s3://` through this clone's own AWS API. */
export function sailService(context: LocalContext): ServiceDefinition {
  const port = context.ports.engine;
  return {
    name: 'sail',
    title: 'SQL engine',
    port,
    address: `sc://127.0.0.1:${port}`,
    startTimeoutMs: 30_000,
    patienceMs: 20_000,
    stopTimeoutMs: 10_000,
    start: async (logFile) => {
      const cwd = join(context.paths.services, 'sail');
      mkdirSync(cwd, { recursive: true });
      const { pid } = await startSail({
        python: requirePython(context.root),
        port,
        env: engineEnvironment(context),
        logFile,
        cwd,
        detached: true,
      });
      return pid;
    },
    healthy: async () => {
      try {
        const engine = await connectEngine({ port, timeout: 1_000 });
        await engine.close();
        return true;
      } catch {
        return false;
      }
    },
  };
}

function engineEnvironment(context: LocalContext): Record<string, string> {
  const { endpoint, region, credentials } = awsEndpoint(context);
  return {
    AWS_ENDPOINT: endpoint,
    AWS_ALLOW_HTTP: 'true',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
