import { type Environment, EXIT, LakewrightError } from '@lakewright/config';
import { prepareStandins, startStandins } from '@lakewright/standin';
import type { SynthesizedStack } from './synth';
import { offlineEnvironment, type PlannedChange, Terraform } from './terraform';

export interface StackOptions {
  readonly root: string;
  readonly environment: Environment;
  /** In dependency order, as `synthesize` returns them. */
  readonly stacks: readonly SynthesizedStack[];
  /** Called as each stack begins and ends. */
  readonly onStep?: (stack: string, step: string) => void;
  readonly onLine?: (stack: string, line: string) => void;
}

/** What was planned (or done) for one stack. */
export interface StackChanges {
  readonly stack: string;
  readonly changes: readonly PlannedChange[];
}

/** A stack with its deployed state, as the data plane reads it. */
export interface DeployedStack {
  readonly stack: string;
  readonly folder: string;
  /** `terraform show -json`. */
  readonly state: unknown;
}

/**
 * The stacks whose names match one of the patterns (`*` stands for any characters), in dependency order.
 *
 * @throws LakewrightError DEPLOY_UNKNOWN_STACK (exit 2) for a pattern that matches none
 */
export function selectStacks(stacks: readonly SynthesizedStack[], patterns: readonly string[]): SynthesizedStack[] {
  if (patterns.length === 0) return [...stacks];
  const matchers = patterns.map((pattern) => {
    const expression = new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    );
    if (!stacks.some((stack) => expression.test(stack.name))) {
      throw new LakewrightError('DEPLOY_UNKNOWN_STACK', `no stack matches "${pattern}"`, {
        hint: `the stacks are: ${stacks.map((stack) => stack.name).join(', ')}`,
        exitCode: EXIT.usage,
      });
    }
    return expression;
  });
  return stacks.filter((stack) => matchers.some((expression) => expression.test(stack.name)));
}

/** Plans every stack against its present state; changes nothing. */
export async function planStacks(options: StackOptions): Promise<StackChanges[]> {
  return eachStack(options, options.stacks, async (terraform) => terraform.plan());
}

/**
 * Plans and applies every stack, each after those it reads from. A stack without changes is not applied.
 */
export async function applyStacks(options: StackOptions): Promise<StackChanges[]> {
  return eachStack(options, options.stacks, async (terraform, stack) => {
    const changes = await terraform.plan();
    options.onStep?.(stack.name, changes.length > 0 ? `applying ${changes.length} changes` : 'no changes');
    // Outputs may be new although no resource changes, and later stacks read them: the saved plan is applied either way.
    await terraform.applyPlan();
    return changes;
  });
}

/** Destroys the stacks, each before those it reads from. */
export async function destroyStacks(options: StackOptions): Promise<StackChanges[]> {
  return eachStack(options, [...options.stacks].reverse(), async (terraform) => {
    const changes = await terraform.plan({ destroy: true });
    await terraform.applyPlan();
    return changes;
  });
}

/** The deployed state of every stack. */
export async function showStacks(options: StackOptions): Promise<DeployedStack[]> {
  const states = new Map<string, unknown>();
  await eachStack(options, options.stacks, async (terraform, stack) => {
    states.set(stack.name, await terraform.show());
    return [];
  });
  return options.stacks.map((stack) => ({ stack: stack.name, folder: stack.folder, state: states.get(stack.name) }));
}

/** Runs an action in every stack in turn, with the stand-in providers up for as long as it takes where the environment uses them. */
async function eachStack(
  options: StackOptions,
  stacks: readonly SynthesizedStack[],
  action: (terraform: Terraform, stack: SynthesizedStack) => Promise<PlannedChange[]>,
): Promise<StackChanges[]> {
  const standins =
    options.environment.providers === 'standin' ? await startStandins(await prepareStandins(options.root)) : undefined;
  const env = standins ? { ...offlineEnvironment(options.root), ...standins.env } : {};
  const results: StackChanges[] = [];
  try {
    for (const stack of stacks) {
      options.onStep?.(stack.name, 'terraform');
      const terraform = new Terraform({ folder: stack.folder, env, onLine: (line) => options.onLine?.(stack.name, line) });
      await terraform.init();
      results.push({ stack: stack.name, changes: await action(terraform, stack) });
    }
  } finally {
    await standins?.stop();
  }
  return results;
}
