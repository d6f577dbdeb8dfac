import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { synthFolder } from '@lakewright/config';
import { forget, type LocalContext, stopServices, withLocalLock } from '@lakewright/local';
import { type Progress, silent } from './progress';

export interface TakeDownOptions {
  /** Forget everything: data, ports, synthesized stacks and the local Terraform states. @default false: data stays */
  readonly purge?: boolean;
  /** @default nobody is told */
  readonly progress?: Progress;
}

export interface TakeDownReport {
  /** Services that were running. */
  readonly stopped: readonly string[];
  readonly purged: boolean;
}

/**
 * Stops the services of the local plane; with `purge` forgets it.
 *
 * @throws LakewrightError LOCAL_BUSY while another process brings it up or takes it down
 */
export async function takeDown(context: LocalContext, options: TakeDownOptions = {}): Promise<TakeDownReport> {
  const { purge = false, progress = silent } = options;
  return withLocalLock(context.paths, 'command', async () => {
    const stopped = await progress.step('stop services', async (note) => {
      const names = await stopServices(context);
      note(names.length > 0 ? names.join(', ') : 'none was running');
      return names;
    });
    if (purge) {
      await progress.step('purge', async () => {
        forgetDeployment(context.root);
        // Last: this lock lies in the home.
        forget(context);
      });
    }
    return { stopped, purged: purge };
  });
}

/** The synthesized stacks and the states of `local` beside them. */
function forgetDeployment(root: string): void {
  const synthesized = synthFolder(root);
  rmSync(synthesized, { recursive: true, force: true });
  const states = join(dirname(synthesized), '.state');
  rmSync(join(states, 'local'), { recursive: true, force: true });
  // States of other environments, if there are any, stay.
  if (existsSync(states) && readdirSync(states).length === 0) rmdirSync(states);
}
