import type { Command } from 'commander';
import { commandLogTail } from '../command-log';
import { wholeNumber } from '../whole-number';

/** `logs`: the end of the log of a service or of a Lambda function. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description(
      'Show the end of a log: of a service (ministack, sail, web), of a Lambda function, or of these commands (lakewright)',
    )
    .argument('<name>', 'name of the service or function, or lakewright')
    .option('--lines <n>', 'how many lines', wholeNumber, 100)
    .addHelpText('after', '\nExamples:\n  lakewright logs ministack --lines 20\n  lakewright logs raw_listings_s3_event_lambda')
    .action(async (name: string, options: { lines: number }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      if (name === 'lakewright') {
        process.stdout.write(commandLogTail(context.paths, options.lines));
        return;
      }
      const isService = local.SERVICE_NAMES.some((service) => service === name);
      process.stdout.write(
        isService ? local.serviceLog(context, name, options) : await local.functionLog(context, name, options),
      );
    });
}
