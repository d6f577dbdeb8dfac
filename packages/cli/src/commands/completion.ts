import { projectRoot, readManifest, systemNames } from '@lakewright/config';
import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion';

/** `completion`: a script that makes a shell complete this command line. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print a script that makes a shell complete commands, options, systems and runs')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
It completes the command "lakewright", so its folder (node_modules/.bin of the checkout) has to be on PATH.

Examples:
  lakewright completion bash > ~/.local/share/bash-completion/completions/lakewright
  lakewright completion zsh > "\${fpath[1]}/_lakewright"
  lakewright completion fish > ~/.config/fish/completions/lakewright.fish`,
    )
    .action(async (shell: Shell) => {
      const { SERVICE_NAMES } = await import('@lakewright/local');
      const root = projectRoot();
      const systems = systemNames(root);
      const runs = [...new Set(systems.flatMap((system) => Object.keys(readManifest(root, system).runs)))];
      process.stdout.write(
        completionScript(program, shell, { system: systems, run: runs, name: SERVICE_NAMES, what: ['home', 'aws'] }),
      );
    });
}
