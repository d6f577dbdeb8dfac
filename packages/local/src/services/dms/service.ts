import { join } from 'node:path';
import { taskEnvironment } from '@lakewright/config';
import type { LocalContext } from '../../context';
import { spawnDetached } from '../process';
import type { ServiceDefinition } from '../service';

/** Replication: our DMS, whose tasks read databases and write files as `aws_dms_replication_task` says. */
export function dmsService(context: LocalContext): ServiceDefinition {
  const address = `http://127.0.0.1:${context.ports.dms}`;
  return {
    name: 'dms',
    title: 'replication (DMS)',
    port: context.ports.dms,
    address,
    // Its tasks read secrets, databases and buckets, and write what they hold before they end.
    after: ['ministack', 'mysql'],
    startTimeoutMs: 30_000,
    patienceMs: 20_000,
    stopTimeoutMs: 30_000,
    start: (logFile) =>
      spawnDetached({
        command: process.execPath,
        args: [join(context.root, 'tooling/run.mjs'), 'packages/local/src/services/dms/main.ts', JSON.stringify(context.ports)],
        cwd: context.root,
        env: taskEnvironment({ LAKEWRIGHT_ROOT: context.root, LAKEWRIGHT_HOME: context.paths.home }),
        logFile,
      }),
    healthy: async () => {
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonDMSv20160101.DescribeReplicationInstances',
      };
      try {
        return (await fetch(address, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(1_000) })).ok;
      } catch {
        return false;
      }
    },
  };
}
