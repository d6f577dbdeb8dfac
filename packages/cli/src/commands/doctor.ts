import { EXIT, LakewrightError, projectRoot } from '@lakewright/config';
import type { Command } from 'commander';
import { formatRows } from '../format';

/** `doctor`: what is missing on this machine, and how to get it. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Tell what is missing on this machine and how to get it; changes nothing')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExits with 3 when something required is missing.\n\nExample:\n  lakewright doctor')
    .action(async (options: { json?: boolean }) => {
      const { examine } = await import('@lakewright/workflow');
      const checks = await examine(projectRoot());
      const missing = checks.filter(({ state }) => state === 'missing').map(({ check }) => check);
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ ok: missing.length === 0, checks }, undefined, 2)}\n`
          : `${formatRows(
              ['check', 'state', 'found', 'what to do'],
              checks.map((row) => ({ ...row, 'what to do': row.hint ?? '' })),
              'table',
            )}\n`,
      );
      if (missing.length === 0) return;
      throw new LakewrightError('CLI_MISSING', `this machine lacks something that Lakewright needs: ${missing.join(', ')}`, {
        hint: 'the column "what to do" says how to get it',
        exitCode: EXIT.missing,
      });
    });
}
