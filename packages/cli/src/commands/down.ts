import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { synthFolder } from '@lakewright/config';
import type { Command } from 'commander';
import { Progress } from '../progress';

/** `down`: stop the services; with `--purge` forget the local plane. */
export function addDownCommand(program: Command): void {
  program
    .command('down')
    .description('Stop the services of the local plane; its data stays')
    .option('--purge', 'forget everything: data, ports and the local Terraform states')
    .addHelpText('after', '\nExample:\n  lakewright down --purge')
    .action(async (options: { purge?: boolean }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      const progress = new Progress();
      await progress.step('stop services', async (note) => {
        const stopped = await local.stopServices(context);
        note(stopped.length > 0 ? stopped.join(', ') : 'none was running');
      });
      if (!options.purge) return;
      await progress.step('purge', async () => {
        await local.purge(context);
        const synthesized = synthFolder(context.root);
        rmSync(synthesized, { recursive: true, force: true });
        const states = join(dirname(synthesized), '.state');
        rmSync(join(states, 'local'), { recursive: true, force: true });
        // States of other environments, if there are any, stay.
        if (existsSync(states) && readdirSync(states).length === 0) rmdirSync(states);
      });
    });
}
