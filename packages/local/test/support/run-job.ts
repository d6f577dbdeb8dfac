import { openLocal } from '../../src';
import { runDeployedJob } from '../../src/runs/job-run';

/** node run-job.cjs <ports as JSON> <job>: runs a deployed job of LAKEWRIGHT_HOME, for tests that kill this process. */
const [ports, job] = process.argv.slice(2) as [string, string];

async function main(): Promise<void> {
  const context = await openLocal({ ports: JSON.parse(ports) });
  await runDeployedJob(context, job);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
