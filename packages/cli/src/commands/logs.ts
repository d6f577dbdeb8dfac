import type { Command } from 'commander';
import { commandLogTail } from '../command-log';
import { wholeNumber } from '../whole-number';

/** `logs`: the end of the log of a service, a Lambda function, a Glue job or a task of a job. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description(
      'Show the end of a log: of a service (ministack, sail, web, mysql, postgresql, dms, glue, athena), a Lambda function, the last run of a Glue job (an older one: <job>/<run id>), a task of a job (<job>/<task>), or these commands (lakewright)',
    )
    .argument('<name>', 'name of the service, function, Glue job or task, or lakewright')
    .option('--lines <n>', 'how many lines', wholeNumber, 100)
    .addHelpText(
      'after',
      '\nExamples:\n  lakewright logs ministack --lines 20\n  lakewright logs raw_listings_s3_event_lambda\n  lakewright logs listings_job/update_listings\n  lakewright logs users_cdc',
    )
    .action(async (name: string, options: { lines: number }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      if (name === 'lakewright') {
        process.stdout.write(commandLogTail(context.paths, options.lines));
        return;
      }
      const [job, task] = name.split('/');
      if (job && local.glueJobNames(context).includes(job)) {
        process.stdout.write(local.glueJobLog(context, job, { run: task, lines: options.lines }));
        return;
      }
      if (job && task) {
        process.stdout.write(local.taskLog(context, job, task, options));
        return;
      }
      const isService = local.SERVICE_NAMES.some((service) => service === name);
      process.stdout.write(
        isService ? local.serviceLog(context, name, options) : await local.functionLog(context, name, options),
      );
    });
}
