import type { Attribute, Block, CtyType, NestedBlock } from '../../src/schema/schema';

/** How much of a schema a sample sets: what is required, or everything that can be set. */
export type Extent = 'required' | 'everything';

/** Arguments of a resource; those named like Terraform's own meta arguments cannot be given and are left out. */
export function sampleResource(schema: Block, extent: Extent): Record<string, unknown> {
  const config = sampleConfig(schema, extent);
  for (const reserved of ['count', 'for_each', 'depends_on', 'lifecycle', 'provider', 'connection', 'provisioner'])
    delete config[reserved];
  return config;
}

/** Arguments of a resource or block in Terraform's JSON syntax that its schema accepts. */
function sampleConfig(block: Block, extent: Extent, seed = 'x'): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    if (attribute.required || (extent === 'everything' && attribute.optional))
      config[name] = sampleAttribute(attribute, extent, `${seed}-${name}`);
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const blocks = sampleBlocks(nested, extent, `${seed}-${name}`);
    if (blocks !== undefined) config[name] = blocks;
  }
  return config;
}

function sampleBlocks(nested: NestedBlock, extent: Extent, seed: string): unknown {
  const least = nested.min_items ?? 0;
  const count = extent === 'everything' ? Math.max(1, least) : least;
  if (count === 0) return undefined;
  if (nested.nesting_mode === 'map') return { key: sampleConfig(nested.block, extent, seed) };
  if (nested.nesting_mode === 'single' || nested.nesting_mode === 'group') return sampleConfig(nested.block, extent, seed);
  return Array.from({ length: count }, (_, index) => sampleConfig(nested.block, extent, `${seed}${index}`));
}

function sampleAttribute(attribute: Attribute, extent: Extent, seed: string): unknown {
  const nested = attribute.nested_type;
  if (!nested) return sampleValue(attribute.type ?? 'string', seed);
  const object = sampleConfig({ attributes: nested.attributes }, extent, seed);
  if (nested.nesting_mode === 'single') return object;
  return nested.nesting_mode === 'map' ? { key: object } : [object];
}

function sampleValue(type: CtyType, seed: string): unknown {
  if (type === 'string') return seed;
  if (type === 'number') return 7;
  if (type === 'bool') return true;
  if (type === 'dynamic') return { any: [seed, 1] };
  const [kind, inner] = type;
  if (kind === 'tuple') return inner.map((element, index) => sampleValue(element, `${seed}-${index}`));
  if (kind === 'object')
    return Object.fromEntries(Object.entries(inner).map(([name, field]) => [name, sampleValue(field, `${seed}-${name}`)]));
  return kind === 'map' ? { key: sampleValue(inner, seed) } : [sampleValue(inner, seed)];
}
