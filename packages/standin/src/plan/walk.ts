import type { Attribute, Block, NestingMode } from '../schema/schema';
import type { PathStep } from '../serve/diagnostic';
import { isObject, isUnknown, type ObjectValue, type Value } from '../values/value';

/** A nested object of a value: a block, or the object of an attribute with nested attributes. */
export interface Nested {
  readonly name: string;
  readonly mode: NestingMode;
  readonly block: Block;
  /** Set where it comes from an attribute. */
  readonly attribute?: Attribute;
}

/** The names below a block that hold objects. */
export function nestedOf(block: Block): Nested[] {
  const found: Nested[] = [];
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    found.push({ name, mode: nested.nesting_mode, block: nested.block });
  }
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const type = attribute.nested_type;
    if (type) found.push({ name, mode: type.nesting_mode, block: { attributes: type.attributes }, attribute });
  }
  return found;
}

/** The objects in a nested value, each with its step from the nested name (none for a single object). */
export function elementsOf(mode: NestingMode, value: Value | undefined): { step: PathStep | undefined; element: ObjectValue }[] {
  if (value === null || value === undefined || isUnknown(value)) return [];
  if (mode === 'single' || mode === 'group') return isObject(value) ? [{ step: undefined, element: value }] : [];
  if (mode === 'map') {
    return Object.entries(value as ObjectValue).flatMap(([key, element]) =>
      isObject(element) ? [{ step: { key } as PathStep, element }] : [],
    );
  }
  return (value as Value[]).flatMap((element, index) => (isObject(element) ? [{ step: { index } as PathStep, element }] : []));
}

/** The same nested value with every object replaced by what `change` makes of it. */
export function mapElements(
  mode: NestingMode,
  value: Value,
  change: (element: ObjectValue, step: PathStep | undefined) => ObjectValue,
): Value {
  if (value === null || isUnknown(value)) return value;
  if (mode === 'single' || mode === 'group') return isObject(value) ? change(value, undefined) : value;
  if (mode === 'map') {
    const changed = Object.entries(value as ObjectValue).map(([key, element]) => [
      key,
      isObject(element) ? change(element, { key }) : element,
    ]);
    return Object.fromEntries(changed) as ObjectValue;
  }
  return (value as Value[]).map((element, index) => (isObject(element) ? change(element, { index }) : element));
}
