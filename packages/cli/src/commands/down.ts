import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { synthFolder } from '@lakewright/config';
import type { LocalContext } from '@lakewright/local';
import type { Command } from 'commander';
import { Progress } from '../progress';

/** `down`: stop the services; with `--purge` forget the local plane. */
export function addDownCommand(program: Command): void {
  program
    .command('down')
    .description('Stop the services of the local plane; its data stays')
    .option('--purge', 'forget everything: data, ports and the local Terraform states')
    .option('--json', 'print what was stopped and forgotten as one JSON document')
    .addHelpText('after', '\nExample:\n  lakewright down --purge')
    .action(async (options: { purge?: boolean; json?: boolean }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      const progress = new Progress();
      await local.withLocalLock(context.paths, 'command', () => takeDown(local, context, progress, options));
    });
}

async function takeDown(
  local: typeof import('@lakewright/local'),
  context: LocalContext,
  progress: Progress,
  options: { purge?: boolean; json?: boolean },
): Promise<void> {
  const stopped = await progress.step('stop services', async (note) => {
    const names = await local.stopServices(context);
    note(names.length > 0 ? names.join(', ') : 'none was running');
    return names;
  });
  if (options.purge) {
    await progress.step('purge', async () => {
      await local.purge(context);
      const synthesized = synthFolder(context.root);
      rmSync(synthesized, { recursive: true, force: true });
      const states = join(dirname(synthesized), '.state');
      rmSync(join(states, 'local'), { recursive: true, force: true });
      // States of other environments, if there are any, stay.
      if (existsSync(states) && readdirSync(states).length === 0) rmdirSync(states);
    });
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ stopped, purged: options.purge === true })}\n`);
}
