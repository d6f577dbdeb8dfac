import type { Command } from 'commander';
import { TerminalProgress } from '../progress';

/** `down`: stop the services; with `--purge` forget the local plane. */
export function addDownCommand(program: Command): void {
  program
    .command('down')
    .description('Stop the services of the local plane; its data stays')
    .option('--purge', 'forget everything: data, ports and the local Terraform states')
    .option('--json', 'print what was stopped and forgotten as one JSON document')
    .addHelpText('after', '\nExample:\n  lakewright down --purge')
    .action(async ({ purge, json }: { purge?: boolean; json?: boolean }) => {
      const { openLocal } = await import('@lakewright/local');
      const { takeDown } = await import('@lakewright/workflow');
      const report = await takeDown(await openLocal(), { purge, progress: new TerminalProgress() });
      if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    });
}
