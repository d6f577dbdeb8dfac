import type { Command } from 'commander';
import { wholeNumber } from '../whole-number';

/** `events`: the event log of a pipeline. */
export function addEventsCommand(program: Command): void {
  program
    .command('events')
    .description("Show a pipeline's event log: updates, flows, expectations, errors")
    .argument('<pipeline>', 'name of the pipeline')
    .option('--last <n>', 'how many events from the end', wholeNumber, 50)
    .option('--json', 'print JSON, one event a line')
    .addHelpText('after', '\nExample:\n  lakewright events listings --last 20')
    .action(async (pipeline: string, options: { last: number; json?: boolean }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      const events = (await local.pipelineEvents(context, pipeline)).slice(-options.last);
      for (const event of events) {
        const { timestamp, type, update, ...details } = event as { timestamp: string; type: string; update: string };
        process.stdout.write(
          options.json
            ? `${JSON.stringify(event)}\n`
            : `${timestamp}  ${update}  ${type.padEnd(18)} ${JSON.stringify(details)}\n`,
        );
      }
    });
}
