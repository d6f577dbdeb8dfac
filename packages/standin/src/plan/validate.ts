import type { Block } from '../schema/schema';
import { type Diagnostic, type PathStep, pathText } from '../serve/diagnostic';
import { type ObjectValue } from '../values/value';
import { elementsOf, nestedOf } from './walk';

/**
 * What a provider must check of a configuration: Terraform itself reports unknown and missing arguments, wrong types and too few
 * or too many blocks by the schema, but lets a configuration set what only the provider computes.
 */
export function validateConfig(type: string, block: Block, config: ObjectValue): Diagnostic[] {
  return computedOnlySet(type, block, config, []);
}

function computedOnlySet(type: string, block: Block, config: ObjectValue, path: readonly PathStep[]): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const value = config[name];
    if (value === null || value === undefined) continue;
    if (!attribute.computed || attribute.optional || attribute.required) continue;
    const at = [...path, name];
    problems.push({
      severity: 'error',
      summary: 'Value for a computed attribute',
      detail: `${type}: "${pathText(at)}" is computed by the provider and cannot be set. Remove it from the configuration.`,
      path: at,
    });
  }
  for (const nested of nestedOf(block)) {
    for (const { step, element } of elementsOf(nested.mode, config[nested.name])) {
      // An element of a set has no path of its own: the path ends at the set.
      const inner = nested.mode === 'set' || step === undefined ? [...path, nested.name] : [...path, nested.name, step];
      problems.push(...computedOnlySet(type, nested.block, element, inner));
    }
  }
  return problems;
}
