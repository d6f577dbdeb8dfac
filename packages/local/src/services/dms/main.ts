// The process of the service "dms": runs replication tasks and answers their API until it is told to stop.
// node tooling/run.mjs packages/local/src/services/dms/main.ts <ports of the clone as JSON>

import { join } from 'node:path';
import { LakewrightError, type LocalPorts } from '@lakewright/config';
import { startDms } from '@lakewright/dms';
import { awsEndpoint, openLocal } from '../../context';
import { authorityFile } from '../database/authority';
import { serviceFolder } from '../instance';

async function main(ports: LocalPorts): Promise<void> {
  const context = await openLocal({ ports });
  const { endpoint, region, credentials } = awsEndpoint(context);
  const dms = await startDms({
    port: ports.dms,
    folder: join(serviceFolder(context, 'dms'), 'data'),
    s3: { endpoint, region, credentials },
    secrets: { endpoint, region, credentials },
    caFile: authorityFile(context),
    note: (text) => console.error(`${new Date().toISOString()} ${text}`),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      dms.close().then(() => process.exit(0));
    });
  }
}

main(JSON.parse(process.argv[2]!) as LocalPorts).catch((error: unknown) => {
  console.error(error instanceof LakewrightError ? error.format() : error);
  process.exitCode = 1;
});
