import type { Command } from 'commander';
import { ofStacks, ofSynthesizedStacks, stacksOptions, type WhichStacks } from './stacks';

/** `init`, `validate`, `show` and `graph` of an environment's stacks: what Terraform tells of them, and changes nothing in. */
export function addLookCommands(program: Command): void {
  const command = (name: string, what: string) => ofSynthesizedStacks(program.command(name).description(what));
  const print = (texts: readonly string[]) => process.stdout.write(texts.map((text) => `${text.trimEnd()}\n`).join('\n'));

  command('init', 'Get the stacks ready for Terraform: synth, providers, backend')
    .addHelpText('after', '\nExample:\n  lakewright init --env dev --system certifications')
    .action(async (patterns: string[], options: WhichStacks) => {
      const { initStacks } = await import('@lakewright/workflow');
      for (const { stack, state } of await initStacks(stacksOptions(patterns, options))) {
        const how = [state.encrypted && 'encrypted', state.locked && 'locked'].filter(Boolean).join(', ');
        process.stdout.write(`${stack}: ready, its state in ${state.address} (${state.backend}, ${how})\n`);
      }
    });

  ofStacks(program.command('validate'))
    .description('Check the stacks against the schemas of their providers: no account, no credential, no network')
    .addHelpText('after', '\nExample:\n  lakewright validate --env prod')
    .action(async (patterns: string[], options: WhichStacks) => {
      const { validateStacks } = await import('@lakewright/workflow');
      for (const stack of await validateStacks(stacksOptions(patterns, options))) process.stdout.write(`${stack}: valid\n`);
    });

  command('show', 'Show the deployed state of the stacks; sensitive values are hidden')
    .option('--plan', 'show what the last plan would do in their place')
    .addHelpText('after', '\nExample:\n  lakewright show --env dev aws-listings')
    .action(async (patterns: string[], options: WhichStacks & { readonly plan?: boolean }) => {
      const { describeStacks } = await import('@lakewright/workflow');
      print(await describeStacks(options.plan ? 'plan' : 'state', stacksOptions(patterns, options)));
    });

  command('graph', 'Print what depends on what in the stacks, in the DOT language')
    .addHelpText('after', '\nExample:\n  lakewright graph aws-listings | dot -Tsvg > listings.svg')
    .action(async (patterns: string[], options: WhichStacks) => {
      const { graphStacks } = await import('@lakewright/workflow');
      print(await graphStacks(stacksOptions(patterns, options)));
    });
}
