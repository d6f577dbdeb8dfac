import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  ENVIRONMENT_NAMES,
  type Environment,
  EXIT,
  LakewrightError,
  loadEnvironment,
  localPaths,
  projectRoot,
  synthFolder,
} from '@lakewright/config';
import {
  type StackChanges,
  StackSession,
  type SynthesizedStack,
  selectStacks,
  synthesize,
  synthesizedStacks,
} from '@lakewright/deploy';
import { type Command, Option } from 'commander';
import { CommandExit } from '../command-exit';
import { Progress } from '../progress';

interface StacksOptions {
  readonly env?: string;
  readonly offline?: boolean;
  readonly synth: boolean;
  readonly format: string;
  readonly detailedExitcode?: boolean;
  readonly yes?: boolean;
}

/** Exit code of `plan --detailed-exitcode` when there are changes, as Terraform has it. */
const CHANGES = 2;

/** `plan`, `apply` and `destroy` of an environment's stacks. */
export function addStacksCommands(program: Command): void {
  const common = (name: string, what: string) =>
    program
      .command(name)
      .description(what)
      .argument('[stack...]', 'names of stacks, * for any characters (all when left out)')
      .addOption(new Option('--env <environment>', 'the environment (LAKEWRIGHT_ENV, else local)').choices(ENVIRONMENT_NAMES))
      .option('--no-synth', 'take the stacks as an earlier synth left them')
      .addOption(
        new Option('--format <format>', 'how to print the changes').choices(['text', 'json', 'markdown']).default('text'),
      );

  common('plan', 'Show what an apply would change, by real Terraform')
    .option('--offline', 'plan from nothing on the stand-in providers: no account, no credential, no network')
    .option('--detailed-exitcode', 'exit 2 when there are changes')
    .addHelpText('after', '\nExample:\n  lakewright plan --env prod --offline')
    .action(async (patterns: string[], options: StacksOptions) => {
      const changes = await plan(patterns, options);
      print(changes, options.format);
      if (options.detailedExitcode && changes.some((stack) => stack.changes.length > 0)) throw new CommandExit(CHANGES);
    });

  common('apply', 'Apply the stacks of an environment, each after those it reads from')
    .addHelpText('after', '\nExample:\n  lakewright apply --env dev "aws-*"')
    .action(async (patterns: string[], options: StacksOptions) => {
      print(await inSession(patterns, options, (session, stacks) => session.apply(stacks)), options.format);
    });

  common('destroy', 'Destroy the stacks of an environment, each before those it reads from')
    .option('--yes', 'do it: without this nothing is destroyed')
    .addHelpText('after', '\nExample:\n  lakewright destroy --env dev --yes')
    .action(async (patterns: string[], options: StacksOptions) => {
      if (!options.yes) {
        throw new LakewrightError('CLI_USAGE', 'destroy removes every resource of the stacks', {
          hint: 'add --yes to do it',
          exitCode: EXIT.usage,
        });
      }
      print(await inSession(patterns, options, (session, stacks) => session.destroy(stacks)), options.format);
    });
}

async function plan(patterns: readonly string[], options: StacksOptions): Promise<StackChanges[]> {
  if (!options.offline) return inSession(patterns, options, (session, stacks, all) => session.plan(stacks, all));
  // From nothing: a scratch state beside a scratch output. A stack is applied on the stand-ins once planned: the next reads its outputs.
  const root = projectRoot();
  const environment = await loadEnvironment({ name: options.env, offline: true });
  const scratch = join(localPaths(root).cache, 'offline', environment.name);
  rmSync(scratch, { recursive: true, force: true });
  const stacks = await synthesize({ root, environment, offline: true, outdir: join(scratch, 'cdktf.out') });
  const selected = new Set(selectStacks(stacks, patterns).map((stack) => stack.name));
  const changes = await withSession(root, environment, (session) => session.apply(stacks));
  return changes.filter((stack) => selected.has(stack.stack));
}

async function inSession(
  patterns: readonly string[],
  options: StacksOptions,
  action: (
    session: StackSession,
    stacks: readonly SynthesizedStack[],
    all: readonly SynthesizedStack[],
  ) => Promise<StackChanges[]>,
): Promise<StackChanges[]> {
  const root = projectRoot();
  const environment = await loadEnvironment({ name: options.env });
  const outdir = synthFolder(root);
  const stacks = options.synth ? await synthesize({ root, environment, outdir }) : synthesizedStacks({ root, outdir });
  return withSession(root, environment, (session) => action(session, selectStacks(stacks, patterns), stacks));
}

async function withSession<T>(root: string, environment: Environment, action: (session: StackSession) => Promise<T>): Promise<T> {
  const progress = new Progress();
  const session = await StackSession.open({ root, environment, onStep: (stack, step) => progress.notice(`${stack}: ${step}`) });
  try {
    return await action(session);
  } finally {
    await session.close();
  }
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
