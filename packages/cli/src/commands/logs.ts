import type { Command } from 'commander';
import { wholeNumber } from '../whole-number';

/** `logs`: the end of the log of a service or of a Lambda function. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description('Show the end of a log: of a service (ministack, sail, web) or of a Lambda function')
    .argument('<name>', 'name of the service or function')
    .option('--lines <n>', 'how many lines', wholeNumber, 100)
    .addHelpText('after', '\nExamples:\n  lakewright logs ministack --lines 20\n  lakewright logs raw_listings_s3_event_lambda')
    .action(async (name: string, options: { lines: number }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      const isService = local.SERVICE_NAMES.some((service) => service === name);
      process.stdout.write(
        isService ? local.serviceLog(context, name, options) : await local.functionLog(context, name, options),
      );
    });
}
