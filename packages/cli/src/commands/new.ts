import { projectRoot } from '@lakewright/config';
import type { Command } from 'commander';

/** `new`: a system from the template. */
export function addNewCommand(program: Command): void {
  program
    .command('new')
    .description('Make a new system from apps/_template: its folder in apps/ and its file in each stack')
    .argument('<system>', 'its name: lower-case letters and digits')
    .addHelpText('after', '\nExample:\n  lakewright new parcels')
    .action(async (system: string) => {
      const { newSystem } = await import('@lakewright/workflow');
      const files = newSystem(projectRoot(), system);
      const next = [
        '',
        `every environment has the system ${system} now; "environments" in apps/${system}/system.json keeps it out of some`,
        `plan:  npx lakewright plan --env dev --offline "*-${system}"`,
        `run:   npx lakewright up ${system}`,
      ];
      process.stdout.write(`${[...files, ...next].join('\n')}\n`);
    });
}
