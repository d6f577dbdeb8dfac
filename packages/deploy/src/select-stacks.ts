import { EXIT, LakewrightError } from '@lakewright/config';
import type { SynthesizedStack } from './synth';

/**
 * The stacks whose names match one of the patterns (`*` stands for any characters), in dependency order.
 *
 * @throws LakewrightError DEPLOY_UNKNOWN_STACK (exit 2) for a pattern that matches none
 */
export function selectStacks(stacks: readonly SynthesizedStack[], patterns: readonly string[]): SynthesizedStack[] {
  if (patterns.length === 0) return [...stacks];
  const matchers = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const expression = new RegExp(`^${parts.join('.*')}$`);
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

/** The stacks of one system, in dependency order. */
export function stacksOfSystem(stacks: readonly SynthesizedStack[], system: string): SynthesizedStack[] {
  return selectStacks(stacks, [`*-${system}`]);
}

/** The chosen stacks and all that they read from, directly or through others, in dependency order. */
export function withDependencies(stacks: readonly SynthesizedStack[], chosen: readonly SynthesizedStack[]): SynthesizedStack[] {
  const wanted = new Set<string>();
  const want = (stack: SynthesizedStack) => {
    wanted.add(stack.name);
    for (const other of stacks) if (stack.dependencies.includes(other.name) && !wanted.has(other.name)) want(other);
  };
  chosen.forEach(want);
  return stacks.filter(({ name }) => wanted.has(name));
}
