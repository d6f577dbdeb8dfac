import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
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
  type StateLocation,
  type SynthesizedStack,
  selectStacks,
  stacksOfSystem,
  stateLocation,
  synthesize,
  synthesizedStacks,
  withDependencies,
} from '@lakewright/deploy';
import { type Progress, silent } from './progress';

export interface StacksOptions {
  /** Name of the environment. @default LAKEWRIGHT_ENV, else local */
  readonly environment?: string;
  /** Only the stacks of this system; what makes or checks something takes along those they read from. @default those of all systems */
  readonly system?: string;
  /** Names of stacks, `*` for any characters. @default all */
  readonly patterns?: readonly string[];
  /** False takes the stacks as an earlier synth left them. @default true */
  readonly synth?: boolean;
  /** @default nobody is told */
  readonly progress?: Progress;
}

/** What an apply would change; changes nothing. */
export function planStacks(options: StacksOptions = {}): Promise<StackChanges[]> {
  return inSession(options, ({ session, stacks, all }) => session.plan(withNeeded(options, stacks, all), all));
}

/**
 * What an apply from nothing would make, on the stand-in providers: no account, no credential, no network. A scratch state beside a
 * scratch output; a stack is applied on the stand-ins once planned, because the next one reads its outputs.
 */
export async function planOffline(options: Omit<StacksOptions, 'synth'> = {}): Promise<StackChanges[]> {
  return offline('plan', options, async ({ session, stacks, all }) => {
    const selected = new Set(withNeeded(options, stacks, all).map((stack) => stack.name));
    return (await session.apply(all)).filter((stack) => selected.has(stack.stack));
  });
}

/**
 * Checks the stacks against the schemas of their providers, as `planOffline` on the stand-ins: no account, no credential, no network.
 *
 * @returns the names of the stacks that are valid, all of them
 * @throws LakewrightError DEPLOY_SYNTH, DEPLOY_TERRAFORM with what is wrong
 */
export async function validateStacks(options: Omit<StacksOptions, 'synth'> = {}): Promise<string[]> {
  return offline('validate', options, async ({ session, stacks, all }) => {
    const checked = withNeeded(options, stacks, all);
    await session.validate(checked);
    return checked.map(({ name }) => name);
  });
}

/** Gets the stacks ready for Terraform, and tells where the state of each is kept. */
export function initStacks(options: StacksOptions = {}): Promise<{ stack: string; state: StateLocation }[]> {
  return inSession(options, async ({ session, stacks, all }) => {
    const ready = withNeeded(options, stacks, all);
    await session.init(ready);
    return ready.map((stack) => ({ stack: stack.name, state: stateLocation(stack) }));
  });
}

/** The state of the stacks, or the plan that was made last, for people to read; sensitive values are hidden. */
export function describeStacks(what: 'state' | 'plan', options: StacksOptions = {}): Promise<string[]> {
  return inSession(options, ({ session, stacks }) => session.describe(stacks, what));
}

/** What depends on what in the stacks, one graph a stack in the DOT language. */
export function graphStacks(options: StacksOptions = {}): Promise<string[]> {
  return inSession(options, ({ session, stacks }) => session.graph(stacks));
}

/** Applies the stacks, each after those it reads from. @returns what was changed */
export function applyStacks(options: StacksOptions = {}): Promise<StackChanges[]> {
  return inSession(options, ({ session, stacks, all }) => session.apply(withNeeded(options, stacks, all)));
}

/**
 * Destroys the stacks, each before those it reads from.
 *
 * @returns what was destroyed
 * @throws LakewrightError DEPLOY_KEPT (exit 2) where the environment may not lose data, before anything is touched: Terraform itself
 * refuses what holds data, but only once the stacks before it are gone
 */
export async function destroyStacks(options: StacksOptions = {}): Promise<StackChanges[]> {
  const { name, allowDataLoss } = await loadEnvironment({ name: options.environment });
  if (!allowDataLoss) {
    throw new LakewrightError('DEPLOY_KEPT', `${name} may not lose data: its stacks are not destroyed`, {
      hint: 'allowDataLoss in packages/config/src/environments decides; a single stack without data goes by `npx cdktf destroy <stack>`',
      exitCode: EXIT.usage,
    });
  }
  return inSession(options, ({ session, stacks }) => session.destroy(stacks));
}

interface Work {
  readonly session: StackSession;
  /** Those that were asked for. */
  readonly stacks: readonly SynthesizedStack[];
  readonly all: readonly SynthesizedStack[];
}

async function inSession<T>(options: StacksOptions, work: (work: Work) => Promise<T>): Promise<T> {
  const { synth = true, system, progress = silent } = options;
  const root = projectRoot();
  const environment = await loadEnvironment({ name: options.environment, systems: system === undefined ? undefined : [system] });
  const outdir = synthFolder(root);
  const all = synth ? await synthesize({ root, environment, outdir }) : synthesizedStacks({ root, outdir });
  return withSession(root, environment, progress, (session) => work({ session, stacks: asked(options, all), all }));
}

/** On the stand-ins, from a scratch output that is made anew. */
async function offline<T>(
  purpose: string,
  { environment: name, system, patterns, progress = silent }: Omit<StacksOptions, 'synth'>,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const root = projectRoot();
  const environment = await loadEnvironment({ name, offline: true, systems: system === undefined ? undefined : [system] });
  const scratch = join(localPaths(root).cache, 'offline', purpose, environment.name);
  rmSync(scratch, { recursive: true, force: true });
  const all = await synthesize({ root, environment, offline: true, outdir: join(scratch, 'cdktf.out') });
  return withSession(root, environment, progress, (session) => work({ session, stacks: asked({ system, patterns }, all), all }));
}

function asked({ system, patterns = [] }: StacksOptions, all: readonly SynthesizedStack[]): SynthesizedStack[] {
  return selectStacks(system === undefined ? all : stacksOfSystem(all, system), patterns);
}

/** A system's stacks are nothing without those they read from; stacks that were asked for by name stand for themselves. */
function withNeeded({ system }: StacksOptions, stacks: readonly SynthesizedStack[], all: readonly SynthesizedStack[]) {
  return system === undefined ? stacks : withDependencies(all, stacks);
}

async function withSession<T>(
  root: string,
  environment: Environment,
  progress: Progress,
  work: (session: StackSession) => Promise<T>,
): Promise<T> {
  const session = await StackSession.open({ root, environment, onStep: (stack, step) => progress.notice(`${stack}: ${step}`) });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
