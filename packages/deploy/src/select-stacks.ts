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
