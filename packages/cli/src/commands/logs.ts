import type { Command } from 'commander';

/** `logs`: the end of a service's log. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description('Show the end of the log of a service: ministack, sail or web')
    .argument('<service>', 'name of the service')
    .option('--lines <n>', 'how many lines', '100')
    .addHelpText('after', '\nExample:\n  lakewright logs ministack --lines 20')
    .action(async (service: string, options: { lines: string }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      process.stdout.write(local.serviceLog(context, service, { lines: Number(options.lines) }));
    });
}
