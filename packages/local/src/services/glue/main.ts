// The process of the service "glue": runs Glue jobs and answers their API until it is told to stop.
// node tooling/run.mjs packages/local/src/services/glue/main.ts <ports of the clone as JSON> <Python of the Spark installation>

import { join } from 'node:path';
import { LakewrightError, type LocalPorts } from '@lakewright/config';
import { startGlue } from '@lakewright/glue';
import { awsEndpoint, openLocal } from '../../context';
import { glueFolders } from './folders';

async function main(ports: LocalPorts, python: string): Promise<void> {
  const context = await openLocal({ ports });
  const { endpoint, region, credentials } = awsEndpoint(context);
  const glue = await startGlue({
    port: ports.glue,
    ...glueFolders(context),
    installation: { python, modules: join(context.root, 'packages/glue/python') },
    s3: { endpoint, region, ...credentials },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      glue.close().then(() => process.exit(0));
    });
  }
}

main(JSON.parse(process.argv[2]!) as LocalPorts, process.argv[3]!).catch((error: unknown) => {
  console.error(error instanceof LakewrightError ? error.format() : error);
  process.exitCode = 1;
});
