// The process of the service "web": serves the deployed dashboards and pipelines until it is told to stop.
// node tooling/run.mjs packages/local/src/services/web/main.ts <port>

import { LakewrightError } from '@lakewright/config';
import { startDashboardServer } from '@lakewright/dashboard';
import { openLocal } from '../../context';
import { query } from '../../lake/lake';
import { readDashboards } from '../../workspace/dashboards';
import { jobSource } from './job-view';
import { machineSource } from './machine-view';
import { pipelineSource } from './pipeline-view';

async function main(port: number): Promise<void> {
  const context = await openLocal();
  const server = await startDashboardServer({
    port,
    dashboards: async () => readDashboards(context.paths),
    query: (sql) => query(context, sql),
    pipelines: pipelineSource(context),
    jobs: jobSource(context),
    machines: machineSource(context),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.stop().then(() => process.exit(0));
    });
  }
}

main(Number(process.argv[2])).catch((error: unknown) => {
  console.error(error instanceof LakewrightError ? error.format() : error);
  process.exitCode = 1;
});
