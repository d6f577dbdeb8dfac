import { ENVIRONMENT_NAMES, EXIT, LakewrightError } from '@lakewright/config';
import type { StackChanges } from '@lakewright/deploy';
import type { StacksOptions } from '@lakewright/workflow';
import { type Command, Option } from 'commander';
import { CommandExit } from '../command-exit';
import { TerminalProgress } from '../progress';

interface StacksCommandOptions extends WhichStacks {
  readonly offline?: boolean;
  readonly format: string;
  readonly detailedExitcode?: boolean;
  readonly yes?: boolean;
}

/** Which stacks of which environment, as every command of stacks takes it. */
export interface WhichStacks {
  readonly env?: string;
  readonly system?: string;
  /** @default true */
  readonly synth?: boolean;
}

/** Exit code of `plan --detailed-exitcode` when there are changes, as Terraform has it. */
const CHANGES = 2;

/** `plan`, `apply` and `destroy` of an environment's stacks. */
export function addStacksCommands(program: Command): void {
  const common = (name: string, what: string) =>
    ofSynthesizedStacks(program.command(name).description(what)).addOption(
      new Option('--format <format>', 'how to print the changes').choices(['text', 'json', 'markdown']).default('text'),
    );

  common('plan', 'Show what an apply would change, by real Terraform')
    .option('--offline', 'plan from nothing on the stand-in providers: no account, no credential, no network')
    .option('--detailed-exitcode', 'exit 2 when there are changes')
    .addHelpText('after', '\nExample:\n  lakewright plan --env prod --offline')
    .action(async (patterns: string[], options: StacksCommandOptions) => {
      const { planOffline, planStacks } = await import('@lakewright/workflow');
      const plan = options.offline ? planOffline : planStacks;
      const changes = await plan(stacksOptions(patterns, options));
      print(changes, options.format);
      if (options.detailedExitcode && changes.some((stack) => stack.changes.length > 0)) throw new CommandExit(CHANGES);
    });

  common('apply', 'Apply the stacks of an environment, each after those it reads from')
    .addHelpText('after', '\nExample:\n  lakewright apply --env dev "aws-*"')
    .action(async (patterns: string[], options: StacksCommandOptions) => {
      const { applyStacks } = await import('@lakewright/workflow');
      print(await applyStacks(stacksOptions(patterns, options)), options.format);
    });

  common('destroy', 'Destroy the stacks of an environment, each before those it reads from')
    .option('--yes', 'do it: without this nothing is destroyed')
    .addHelpText('after', '\nExample:\n  lakewright destroy --env dev --yes')
    .action(async (patterns: string[], options: StacksCommandOptions) => {
      if (!options.yes) {
        throw new LakewrightError('CLI_USAGE', 'destroy removes every resource of the stacks', {
          hint: 'add --yes to do it (make destroy YES=1)',
          exitCode: EXIT.usage,
        });
      }
      const { destroyStacks } = await import('@lakewright/workflow');
      print(await destroyStacks(stacksOptions(patterns, options)), options.format);
    });
}

/** The words that say which stacks. */
export function ofStacks(command: Command): Command {
  return command
    .argument('[stack...]', 'names of stacks, * for any characters (all when left out)')
    .addOption(new Option('--env <environment>', 'the environment (LAKEWRIGHT_ENV, else local)').choices(ENVIRONMENT_NAMES))
    .option('--system <system>', 'the stacks of one system; plan, apply, init and validate take along those they read from');
}

/** The same for what may work on an earlier synth. */
export function ofSynthesizedStacks(command: Command): Command {
  return ofStacks(command).option('--no-synth', 'take the stacks as an earlier synth left them');
}

/** What the words mean to packages/workflow. */
export function stacksOptions(patterns: readonly string[], { env, system, synth }: WhichStacks): StacksOptions {
  return { environment: env, system, patterns, synth, progress: new TerminalProgress() };
}

const SIGNS = { create: '+', update: '~', replace: '±', delete: '-' } as const;

function print(stacks: readonly StackChanges[], format: string): void {
  process.stdout.write(`${render(stacks, format)}\n`);
}

/** The changes of each stack, as text, JSON, or the markdown of a job summary. */
export function render(stacks: readonly StackChanges[], format: string): string {
  if (format === 'json') return JSON.stringify(stacks, undefined, 2);
  const count = (stack: StackChanges, action: string) => stack.changes.filter((change) => change.action === action).length;
  if (format === 'markdown') {
    const rows = stacks.map(
      (s) => `| ${s.stack} | ${count(s, 'create')} | ${count(s, 'update')} | ${count(s, 'replace')} | ${count(s, 'delete')} |`,
    );
    const details = stacks.map(
      (s) =>
        `<details><summary>${s.stack}</summary>\n\n${s.changes.map((c) => `- ${c.action} \`${c.address}\``).join('\n')}\n\n</details>`,
    );
    return ['| stack | create | update | replace | delete |', '| --- | --- | --- | --- | --- |', ...rows, '', ...details].join(
      '\n',
    );
  }
  if (format !== 'text') {
    throw new LakewrightError('CLI_USAGE', `there is no format "${format}"`, {
      hint: 'use one of: text, json, markdown',
      exitCode: EXIT.usage,
    });
  }
  return stacks
    .map((stack) => {
      if (stack.waitsFor)
        return `${stack.stack}: cannot be planned before ${stack.waitsFor.join(', ')} is applied, whose values it reads`;
      return [
        `${stack.stack}: ${count(stack, 'create')} to create, ${count(stack, 'update')} to update, ${count(stack, 'replace')} to replace, ${count(stack, 'delete')} to delete`,
        ...stack.changes.map((change) => `  ${SIGNS[change.action]} ${change.address}`),
      ].join('\n');
    })
    .join('\n');
}
