import type { Freshness, GlueJobStatus, JobStatus } from '@lakewright/local';
import type { Command } from 'commander';
import { machineTable } from '../execution-text';
import { formatRows } from '../format';
import { replicationTable } from '../replication-table';
import { rowTable } from '../row-table';
import { wrapped } from '../wrapped';

/** Of an error, in a table: `--json` and the logs have all of it. */
const ERROR_LINES = 3;

/** `status`: services, what is deployed and how much of it really runs, rows a table. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('Show services, what is deployed, and which of it really runs here')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lakewright status --json')
    .action(async (options: { json?: boolean }) => {
      const { openLocal } = await import('@lakewright/local');
      const { planeStatus } = await import('@lakewright/workflow');
      const status = await planeStatus(await openLocal());
      if (options.json) {
        process.stdout.write(`${JSON.stringify(status, undefined, 2)}\n`);
        return;
      }
      const { services, stacks, resources, tables, replication, freshness, jobs, machines, glueJobs, alerts } = status;
      const sections = [
        formatRows(
          ['service', 'what', 'state', 'address'],
          services.map(({ name, title, state, address }) => ({ service: name, what: title, state, address })),
          'table',
        ),
        stacks.length > 0
          ? formatRows(
              ['resource type', 'mode', 'why'],
              resources.map((row) => ({ 'resource type': row.type, mode: row.mode, why: why(row) })),
              'table',
            )
          : 'nothing is deployed: lakewright up',
        ...rowTable(tables),
        ...(replication.length > 0 ? [replicationTable(replication)] : []),
        ...(freshness.length > 0
          ? [formatRows(['system', 'latest load', 'age', 'objective', 'fresh', 'last run'], freshness.map(freshnessRow), 'table')]
          : []),
        ...(jobs.length > 0 ? [formatRows(['job', 'starts', 'last run', 'at', 'seconds'], jobs.map(jobRow), 'table')] : []),
        ...(machines.length > 0 ? [machineTable(machines)] : []),
        ...(glueJobs.length > 0
          ? [formatRows(['Glue job', 'last run', 'at', 'seconds', 'why'], glueJobs.map(glueJobRow), 'table')]
          : []),
        ...(alerts.length > 0
          ? [
              formatRows(
                ['alert', 'state', 'condition', 'value'],
                alerts.map(({ alert, state, condition, value, error }) => ({
                  alert,
                  state,
                  condition,
                  value: error ?? value ?? '',
                })),
                'table',
              ),
            ]
          : []),
      ];
      process.stdout.write(`${sections.join('\n')}\n`);
    });
}

function freshnessRow({ system, latestLoadAt, ageMinutes, sloMinutes, state, lastRunId }: Freshness) {
  return {
    system,
    'latest load': latestLoadAt ?? 'never',
    age: ageMinutes === null ? '' : `${ageMinutes} min`,
    objective: `${sloMinutes} min`,
    fresh: state,
    'last run': lastRunId ?? '',
  };
}

function jobRow({ job, starts, lastRun }: JobStatus) {
  if (!lastRun) return { job, starts, 'last run': 'never' };
  const { state, result, startedAt, seconds } = lastRun;
  return { job, starts, 'last run': result ?? state, at: startedAt, seconds: seconds.toFixed(1) };
}

function glueJobRow({ job, lastRun }: GlueJobStatus) {
  if (!lastRun) return { 'Glue job': job, 'last run': 'never' };
  const { state, startedAt, seconds, error = '' } = lastRun;
  return {
    'Glue job': job,
    'last run': state,
    at: startedAt,
    seconds: seconds?.toFixed(1) ?? '',
    why: wrapped(error, ERROR_LINES),
  };
}

function why(row: { readonly mode: string; readonly reason?: string; readonly limits?: string }): string {
  return row.reason ?? row.limits ?? '';
}
