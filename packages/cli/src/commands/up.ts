import type { StackChanges } from '@lakewright/deploy';
import type { BringUpReport } from '@lakewright/workflow';
import type { Command } from 'commander';
import { CommandLog } from '../command-log';
import { formatRows } from '../format';
import { TerminalProgress } from '../progress';
import { replicationTable } from '../replication-table';
import { rowTable } from '../row-table';

/** `up`: synth, apply, start, reconcile, feed the sample data through; services stay up. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('Deploy the local environment and run its systems through; services stay up until "lakewright down"')
    .argument('[system...]', 'systems to bring up (all when left out)')
    .option('--no-run', 'deploy and start only: feed no sample data through')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText('after', '\nExample:\n  lakewright up listings')
    .action(async (systems: string[], options: { run: boolean; json?: boolean }) => {
      const { openLocal } = await import('@lakewright/local');
      const { bringUp } = await import('@lakewright/workflow');
      const progress = new TerminalProgress();
      const report = await bringUp(await openLocal(), {
        systems,
        run: options.run,
        runId: CommandLog.current()?.runId,
        progress,
      });
      process.stdout.write(options.json ? `${summaryJson(report, progress)}\n` : summaryText(report, progress));
    });
}

function count(changes: readonly StackChanges[]): number {
  return changes.reduce((sum, stack) => sum + stack.changes.length, 0);
}

function summaryJson(report: BringUpReport, progress: TerminalProgress): string {
  return JSON.stringify({ ...report, steps: progress.steps, seconds: progress.seconds }, undefined, 2);
}

function summaryText(report: BringUpReport, progress: TerminalProgress): string {
  const events =
    report.runs.some((run) => run.events !== undefined) && report.runs.reduce((sum, run) => sum + (run.events ?? 0), 0);
  const tables = report.runs.flatMap((run) => run.tables ?? []);
  const replications = report.runs.flatMap((run) => run.replication ?? []);
  const lines = [
    '',
    `resources applied  ${count(report.changes)} changes in ${report.changes.length} stacks`,
    ...(events === false ? [] : [`events handled     ${events}`]),
    ...(report.runId ? [`run id             ${report.runId}`] : []),
    '',
    ...rowTable(tables),
    ...(replications.length > 0 ? [replicationTable(replications)] : []),
    formatRows(
      ['step', 'seconds'],
      progress.steps.map(({ name, seconds }) => ({ step: name, seconds: seconds.toFixed(1) })),
      'table',
    ),
    '',
    ...report.services.map((service) => `${service.title.padEnd(18)} ${service.address}`),
    ...report.pages.map((page) => `${page.name.padEnd(18)} ${page.address}`),
    '',
    ...(tables.length > 0
      ? [
          `look:  npx lakewright sql "SELECT * FROM ${tables.find(({ table }) => table.includes('.gold.'))?.table ?? tables[0]?.table} LIMIT 5"`,
        ]
      : []),
    'stop:  npx lakewright down',
    '',
  ];
  return lines.join('\n');
}
