import type { Correction, Corrections } from '../derive/corrections';
import type { Attribute, Schema } from '../schema/schema';
import { compareSchemas } from './compare';

/**
 * The corrections that bring derived schemas to the facts: every difference that a correction can express.
 * What it cannot (a name that only one side has, a block that is an attribute) stays for the report.
 */
export function distil(derived: Record<string, Schema>, real: Record<string, Schema>): Corrections {
  const corrections: Corrections = {};
  for (const { resource, path, kind, real: fact } of compareSchemas(derived, real).differences) {
    const correction = corrections[resource] ?? {};
    corrections[resource] = correction;
    if (kind === 'version') {
      correction.version = fact as number;
      continue;
    }
    if (/^(missing|extra)_|^block_or_attribute$/.test(kind)) continue;
    const facts: Correction = correction.facts?.[path] ?? {};
    correction.facts = { ...correction.facts, [path]: facts };
    if (kind === 'nested_type') Object.assign(facts, shapeOf(realAttribute(real[resource], path)));
    else Object.assign(facts, { [kind]: fact });
  }
  return Object.fromEntries(Object.entries(corrections).filter(([, correction]) => Object.keys(correction).length > 0));
}

function shapeOf(attribute: Attribute | undefined): Correction {
  return attribute?.nested_type ? { nested_type: attribute.nested_type } : { type: attribute?.type };
}

function realAttribute(schema: Schema | undefined, path: string): Attribute | undefined {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let block: Pick<Schema, 'attributes' | 'block_types'> | undefined = schema;
  for (const name of names) block = block?.block_types?.[name]?.block ?? block?.attributes?.[name]?.nested_type;
  return block?.attributes?.[last];
}
