import { join, resolve } from 'node:path';
import { childEnvironment, taskEnvironment } from '@lakewright/config';
import type { LocalContext } from '../../context';
import { spawnDetached } from '../process';
import type { ServiceDefinition } from '../service';
import { requireGlueSpark } from '../spark';

/** Glue jobs: runs the job files of the state on a Spark that it starts for the first of them. */
export function glueService(context: LocalContext): ServiceDefinition {
  const address = `http://127.0.0.1:${context.ports.glue}`;
  return {
    name: 'glue',
    title: 'jobs on Spark 3.5 with Hudi (Glue 5.1)',
    port: context.ports.glue,
    address,
    // Its jobs read and write buckets.
    after: ['ministack'],
    startTimeoutMs: 30_000,
    patienceMs: 20_000,
    stopTimeoutMs: 30_000,
    start: async (logFile) => {
      const spark = await requireGlueSpark(context.root);
      // The home is the package `pyspark` of a virtual environment: <folder>/lib/python3/site-packages/pyspark.
      const python = resolve(spark, '../../../../bin/python');
      const { JAVA_HOME } = childEnvironment();
      return spawnDetached({
        command: process.execPath,
        args: [
          join(context.root, 'tooling/run.mjs'),
          'packages/local/src/services/glue/main.ts',
          JSON.stringify(context.ports),
          python,
        ],
        cwd: context.root,
        env: taskEnvironment({
          LAKEWRIGHT_ROOT: context.root,
          LAKEWRIGHT_HOME: context.paths.home,
          ...(JAVA_HOME ? { JAVA_HOME } : {}),
        }),
        logFile,
      });
    },
    healthy: async () => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSGlue.GetJobs' };
      try {
        return (await fetch(address, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(1_000) })).ok;
      } catch {
        return false;
      }
    },
  };
}
