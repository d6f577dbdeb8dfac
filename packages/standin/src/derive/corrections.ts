import type { Attribute, Block, NestedBlock, NestingMode, Schema } from '../schema/schema';

/**
 * What the npm package cannot know of a provider's schema, distilled from a facts file by `report/distil.ts`: for every resource,
 * its state's version and, for every `path.to.name`, the facts that differ from what the derivation finds.
 */
export type Corrections = Record<string, { version?: number; facts?: Record<string, Correction> }>;

export interface Correction {
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  write_only?: boolean;
  nesting_mode?: NestingMode;
  min_items?: number;
  max_items?: number;
  type?: Attribute['type'];
  nested_type?: Attribute['nested_type'];
}

const FLAGS = ['required', 'optional', 'computed', 'sensitive', 'write_only'] as const;

/** Corrects derived schemas in place. Paths that a derived schema does not have are left out: the report shows them. */
export function applyCorrections(schemas: Record<string, Schema>, corrections: Corrections): void {
  for (const [name, correction] of Object.entries(corrections)) {
    const schema = schemas[name];
    if (!schema) continue;
    if (correction.version !== undefined) schema.version = correction.version;
    for (const [path, facts] of Object.entries(correction.facts ?? {})) correct(schema, path.split('.'), facts);
  }
}

function correct(block: Block, path: readonly string[], facts: Correction): void {
  const [name = '', ...rest] = path;
  const attribute = block.attributes?.[name];
  const nested = block.block_types?.[name];
  if (rest.length > 0) {
    const inner = nested?.block ?? attribute?.nested_type;
    if (inner) correct(inner, rest, facts);
  } else if (nested) correctBlock(nested, facts);
  else if (attribute) correctAttribute(attribute, facts);
}

function correctBlock(nested: NestedBlock, facts: Correction): void {
  if (facts.nesting_mode) nested.nesting_mode = facts.nesting_mode;
  for (const bound of ['min_items', 'max_items'] as const) {
    const value = facts[bound];
    if (value === 0) delete nested[bound];
    else if (value !== undefined) nested[bound] = value;
  }
}

function correctAttribute(attribute: Attribute, facts: Correction): void {
  for (const flag of FLAGS) {
    if (facts[flag] === true) attribute[flag] = true;
    else if (facts[flag] === false) delete attribute[flag];
  }
  if (facts.nesting_mode && attribute.nested_type) attribute.nested_type.nesting_mode = facts.nesting_mode;
  if (facts.type) {
    attribute.type = facts.type;
    delete attribute.nested_type;
  }
  if (facts.nested_type) {
    attribute.nested_type = facts.nested_type;
    delete attribute.type;
  }
}
