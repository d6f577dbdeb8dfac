import type { Environment } from '@lakewright/config';
import { prepareStandins, type RunningStandins, startStandins } from '@lakewright/standin';
import type { DeployedStack } from './deployed-stack';
import type { SynthesizedStack } from './synth';
import { offlineEnvironment, type PlannedChange, Terraform } from './terraform';

export interface SessionOptions {
  readonly root: string;
  readonly environment: Environment;
  /** Called as work on a stack begins. */
  readonly onStep?: (stack: string, step: string) => void;
  /** Every line that Terraform prints. */
  readonly onLine?: (stack: string, line: string) => void;
}

/** What was planned (or done) for one stack. */
export interface StackChanges {
  readonly stack: string;
  readonly changes: readonly PlannedChange[];
  /** Stacks it reads from that were never applied: until they are, this one cannot be planned. */
  readonly waitsFor?: readonly string[];
}

/**
 * Terraform over the stacks of one environment. Where the environment uses the stand-in providers they run for as long as the
 * session is open, and each stack is initialized once.
 */
export class StackSession {
  private readonly initialized = new Map<string, Terraform>();

  private constructor(
    private readonly options: SessionOptions,
    private readonly standins: RunningStandins | undefined,
  ) {}

  static async open(options: SessionOptions): Promise<StackSession> {
    const standins =
      options.environment.providers === 'standin' ? await startStandins(await prepareStandins(options.root)) : undefined;
    return new StackSession(options, standins);
  }

  async close(): Promise<void> {
    await this.standins?.stop();
  }

  /**
   * Plans the chosen stacks against their present state; changes nothing. A stack that reads from one that was never applied is
   * not planned, because Terraform knows none of the values it would read.
   *
   * @param all every stack of the synth, to look up what the chosen ones read from
   */
  async plan(chosen: readonly SynthesizedStack[], all: readonly SynthesizedStack[]): Promise<StackChanges[]> {
    const plans: StackChanges[] = [];
    for (const stack of chosen) {
      const waitsFor = await this.unapplied(all.filter(({ name }) => stack.dependencies.includes(name)));
      if (waitsFor.length > 0) plans.push({ stack: stack.name, changes: [], waitsFor });
      else plans.push(...(await this.each([stack], async (terraform) => (await terraform.plan()).changes)));
    }
    return plans;
  }

  /** Plans and applies every stack, each after those it reads from. */
  async apply(stacks: readonly SynthesizedStack[]): Promise<StackChanges[]> {
    return this.each(stacks, (terraform, stack) => this.applyPlan(terraform, stack, {}));
  }

  /** Destroys the stacks, each before those it reads from. */
  async destroy(stacks: readonly SynthesizedStack[]): Promise<StackChanges[]> {
    return this.each([...stacks].reverse(), (terraform, stack) => this.applyPlan(terraform, stack, { destroy: true }));
  }

  /** Gets every stack ready for Terraform: its providers, its backend. */
  async init(stacks: readonly SynthesizedStack[]): Promise<void> {
    for (const stack of stacks) {
      this.options.onStep?.(stack.name, 'initializing');
      await this.terraform(stack);
    }
  }

  /** Checks every stack against the schemas of its providers. */
  async validate(stacks: readonly SynthesizedStack[]): Promise<void> {
    for (const stack of stacks) {
      this.options.onStep?.(stack.name, 'validating');
      await (await this.terraform(stack)).validate();
    }
  }

  /** What depends on what, in the DOT language, one graph a stack. */
  async graph(stacks: readonly SynthesizedStack[]): Promise<string[]> {
    const graphs: string[] = [];
    for (const stack of stacks) graphs.push(await (await this.terraform(stack)).graph());
    return graphs;
  }

  /** The deployed state of every stack, or the plan that lies in its folder, for people to read. */
  async describe(stacks: readonly SynthesizedStack[], what: 'state' | 'plan'): Promise<string[]> {
    const texts: string[] = [];
    for (const stack of stacks) texts.push(await (await this.terraform(stack)).describe(what));
    return texts;
  }

  /** The deployed state of every stack. */
  async show(stacks: readonly SynthesizedStack[]): Promise<DeployedStack[]> {
    const deployed: DeployedStack[] = [];
    for (const stack of stacks) {
      const terraform = await this.terraform(stack);
      deployed.push({ stack: stack.name, folder: stack.folder, state: await terraform.show() });
    }
    return deployed;
  }

  private async unapplied(stacks: readonly SynthesizedStack[]): Promise<string[]> {
    const states = await this.show(stacks);
    // An empty state has no values at all (developer.hashicorp.com/terraform/internals/json-format).
    return states.filter(({ state }) => !(state as { values?: unknown }).values).map(({ stack }) => stack);
  }

  private async applyPlan(
    terraform: Terraform,
    stack: SynthesizedStack,
    how: { readonly destroy?: boolean },
  ): Promise<readonly PlannedChange[]> {
    const { changes, empty } = await terraform.plan(how);
    if (empty) return [];
    this.options.onStep?.(stack.name, `applying ${changes.length} changes`);
    await terraform.applyPlan();
    return changes;
  }

  private async each(
    stacks: readonly SynthesizedStack[],
    action: (terraform: Terraform, stack: SynthesizedStack) => Promise<readonly PlannedChange[]>,
  ): Promise<StackChanges[]> {
    const results: StackChanges[] = [];
    for (const stack of stacks) {
      this.options.onStep?.(stack.name, 'planning');
      results.push({ stack: stack.name, changes: await action(await this.terraform(stack), stack) });
    }
    return results;
  }

  private async terraform(stack: SynthesizedStack): Promise<Terraform> {
    const known = this.initialized.get(stack.folder);
    if (known) return known;
    const { root, onLine } = this.options;
    const env = this.standins ? { ...offlineEnvironment(root), ...this.standins.env } : {};
    const terraform = new Terraform({ folder: stack.folder, env, onLine: (line) => onLine?.(stack.name, line) });
    await terraform.init();
    this.initialized.set(stack.folder, terraform);
    return terraform;
  }
}
