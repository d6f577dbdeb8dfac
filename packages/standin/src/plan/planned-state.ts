import type { Attribute, Block } from '../schema/schema';
import { isObject, type ObjectValue, sameValue, UNKNOWN, type Value } from '../values/value';
import { elementsOf, mapElements, type Nested, nestedOf } from './walk';

/**
 * The planned state of a resource that is created or updated: Terraform's proposal (configuration where there is one, prior state
 * for computed attributes) with everything computed that nobody knows yet marked unknown, and write-only arguments left out.
 *
 * @param prior null when the resource is created
 */
export function plannedState(block: Block, proposed: ObjectValue, config: ObjectValue, prior: ObjectValue | null): ObjectValue {
  const planned: ObjectValue = { ...proposed };
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    if (attribute.write_only) planned[name] = null;
    else if (isToBeComputed(attribute, planned[name], config[name], prior)) planned[name] = UNKNOWN;
  }
  for (const nested of nestedOf(block)) {
    const value = planned[nested.name];
    if (value !== undefined)
      planned[nested.name] = plannedNested(nested, value, config[nested.name], prior?.[nested.name] ?? null);
  }
  return planned;
}

function isToBeComputed(attribute: Attribute, proposed: Value | undefined, config: Value | undefined, prior: ObjectValue | null) {
  if (!attribute.computed || (config ?? null) !== null || (proposed ?? null) !== null) return false;
  // After creation a null is what the provider computed; it stays.
  return prior === null;
}

function plannedNested(nested: Nested, proposed: Value, config: Value | undefined, prior: Value): Value {
  const configured = elementsOf(nested.mode, config);
  const before = elementsOf(nested.mode, prior);
  return mapElements(nested.mode, proposed, (element, step) => {
    if (nested.mode === 'set') {
      // Terraform has already put the computed parts of a known element into the proposal.
      if (before.some((it) => sameValue(it.element, element))) return element;
      return plannedState(nested.block, element, configOfSetElement(nested.block, element), null);
    }
    const same = (it: { step: unknown }) => JSON.stringify(it.step) === JSON.stringify(step);
    const own = configured.find(same)?.element ?? {};
    return plannedState(nested.block, element, own, before.find(same)?.element ?? null);
  });
}

/** Which of a new set element's values are configured: those that the proposal holds. */
function configOfSetElement(block: Block, element: ObjectValue): ObjectValue {
  const config: ObjectValue = {};
  for (const name of [...Object.keys(block.attributes ?? {}), ...Object.keys(block.block_types ?? {})]) {
    config[name] = element[name] ?? null;
  }
  return config;
}

/** True where the two states differ in something that is not unknown in the planned one, or is newly unknown. */
export function changes(planned: ObjectValue, prior: ObjectValue): string[] {
  return Object.keys(planned).filter((name) => !sameValue(planned[name], prior[name]));
}

/** The value at a dotted path through single objects and lists of one: `aws_iam_role.role_arn`. */
export function valueAt(value: Value | undefined, path: string): Value {
  let current: Value | undefined = value;
  for (const name of path.split('.')) {
    if (Array.isArray(current)) current = current[0];
    current = isObject(current) ? current[name] : null;
  }
  return current ?? null;
}
