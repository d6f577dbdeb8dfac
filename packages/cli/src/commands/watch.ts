import type { Command } from 'commander';
import { formatRows } from '../format';
import { TerminalProgress } from '../progress';

/** `watch`: the schedules and triggers of jobs, in the foreground. */
export function addWatchCommand(program: Command): void {
  program
    .command('watch')
    .description('Fire the schedules and triggers of the deployed jobs until Ctrl-C; paused ones do not fire')
    .addHelpText(
      'after',
      '\nSchedules are paused where the environment says so: schedules.enabled in packages/config/src/environments/local.ts.\n\nExample:\n  lakewright watch',
    )
    .action(async () => {
      const local = await import('@lakewright/local');
      const { watch } = await import('@lakewright/workflow');
      const context = await local.openLocal();
      const rows = local.jobStatus(context).map(({ job, starts }) => ({ job, starts }));
      process.stdout.write(
        `${rows.length > 0 ? formatRows(['job', 'starts'], rows, 'table') : 'no job is deployed: lakewright up'}\n`,
      );
      const end = new AbortController();
      process.once('SIGINT', () => end.abort());
      process.once('SIGTERM', () => end.abort());
      await watch(context, { signal: end.signal, progress: new TerminalProgress() });
    });
}
