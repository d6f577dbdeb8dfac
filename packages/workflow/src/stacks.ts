import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, loadEnvironment, localPaths, projectRoot, synthFolder } from '@lakewright/config';
import {
  type StackChanges,
  StackSession,
  type SynthesizedStack,
  selectStacks,
  synthesize,
  synthesizedStacks,
} from '@lakewright/deploy';
import { type Progress, silent } from './progress';

export interface StacksOptions {
  /** Name of the environment. @default LAKEWRIGHT_ENV, else local */
  readonly environment?: string;
  /** Names of stacks, `*` for any characters. @default all */
  readonly patterns?: readonly string[];
  /** False takes the stacks as an earlier synth left them. @default true */
  readonly synth?: boolean;
  /** @default nobody is told */
  readonly progress?: Progress;
}

/** What an apply would change; changes nothing. */
export function planStacks(options: StacksOptions = {}): Promise<StackChanges[]> {
  return inSession(options, (session, chosen, all) => session.plan(chosen, all));
}

/**
 * What an apply from nothing would make, on the stand-in providers: no account, no credential, no network. A scratch state beside a
 * scratch output; a stack is applied on the stand-ins once planned, because the next one reads its outputs.
 */
export async function planOffline(options: Omit<StacksOptions, 'synth'> = {}): Promise<StackChanges[]> {
  const { patterns = [], progress = silent } = options;
  const root = projectRoot();
  const environment = await loadEnvironment({ name: options.environment, offline: true });
  const scratch = join(localPaths(root).cache, 'offline', environment.name);
  rmSync(scratch, { recursive: true, force: true });
  const stacks = await synthesize({ root, environment, offline: true, outdir: join(scratch, 'cdktf.out') });
  const selected = new Set(selectStacks(stacks, patterns).map((stack) => stack.name));
  const changes = await withSession(root, environment, progress, (session) => session.apply(stacks));
  return changes.filter((stack) => selected.has(stack.stack));
}

/** Applies the stacks, each after those it reads from. @returns what was changed */
export function applyStacks(options: StacksOptions = {}): Promise<StackChanges[]> {
  return inSession(options, (session, chosen) => session.apply(chosen));
}

/** Destroys the stacks, each before those it reads from. @returns what was destroyed */
export function destroyStacks(options: StacksOptions = {}): Promise<StackChanges[]> {
  return inSession(options, (session, chosen) => session.destroy(chosen));
}

type Work = (
  session: StackSession,
  chosen: readonly SynthesizedStack[],
  all: readonly SynthesizedStack[],
) => Promise<StackChanges[]>;

async function inSession(options: StacksOptions, work: Work): Promise<StackChanges[]> {
  const { patterns = [], synth = true, progress = silent } = options;
  const root = projectRoot();
  const environment = await loadEnvironment({ name: options.environment });
  const outdir = synthFolder(root);
  const stacks = synth ? await synthesize({ root, environment, outdir }) : synthesizedStacks({ root, outdir });
  return withSession(root, environment, progress, (session) => work(session, selectStacks(stacks, patterns), stacks));
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
