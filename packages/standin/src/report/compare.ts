import type { Attribute, Block, NestedBlock, Schema } from '../schema/schema';

/** Kinds of facts that a schema states, each counted on its own. */
export const FACT_KINDS = [
  'missing_resource',
  'missing_attribute',
  'extra_attribute',
  'missing_block',
  'extra_block',
  'block_or_attribute',
  'type',
  'nested_type',
  'required',
  'optional',
  'computed',
  'sensitive',
  'write_only',
  'nesting_mode',
  'min_items',
  'max_items',
  'version',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** One fact that the derived schema states otherwise than the provider. */
export interface Difference {
  readonly resource: string;
  /** `block.block.attribute` */
  readonly path: string;
  readonly kind: FactKind;
  readonly derived: unknown;
  readonly real: unknown;
}

export interface Comparison {
  readonly resources: number;
  /** Facts compared, the ones that agree included. */
  readonly facts: number;
  readonly differences: readonly Difference[];
}

/** Compares derived schemas with a facts file, resource by resource. Resources that the facts do not hold are not counted. */
export function compareSchemas(derived: Record<string, Schema>, real: Record<string, Schema>): Comparison {
  const comparer = new Comparer();
  for (const [name, schema] of Object.entries(real)) comparer.resource(name, derived[name], schema);
  return { resources: Object.keys(real).length, facts: comparer.facts, differences: comparer.differences };
}

class Comparer {
  facts = 0;
  readonly differences: Difference[] = [];
  private name = '';

  resource(name: string, derived: Schema | undefined, real: Schema): void {
    this.name = name;
    if (!derived) {
      this.differ('', 'missing_resource', undefined, name);
      return;
    }
    this.fact('', 'version', derived.version ?? 0, real.version ?? 0);
    this.block('', derived, real);
  }

  private block(path: string, derived: Block, real: Block): void {
    this.names(path, derived, real);
    for (const [name, attribute] of Object.entries(real.attributes ?? {})) {
      const other = derived.attributes?.[name];
      if (other) this.attribute(join(path, name), other, attribute);
    }
    for (const [name, nested] of Object.entries(real.block_types ?? {})) {
      const other = derived.block_types?.[name];
      if (other) this.nested(join(path, name), other, nested);
    }
  }

  private names(path: string, derived: Block, real: Block): void {
    const derivedAttributes = derived.attributes ?? {};
    const derivedBlocks = derived.block_types ?? {};
    for (const name of Object.keys(real.attributes ?? {})) {
      if (derivedAttributes[name]) continue;
      const kind = derivedBlocks[name] ? 'block_or_attribute' : 'missing_attribute';
      this.differ(join(path, name), kind, derivedBlocks[name] ? 'block' : undefined, 'attribute');
    }
    for (const name of Object.keys(real.block_types ?? {})) {
      if (derivedBlocks[name]) continue;
      const kind = derivedAttributes[name] ? 'block_or_attribute' : 'missing_block';
      this.differ(join(path, name), kind, derivedAttributes[name] ? 'attribute' : undefined, 'block');
    }
    const known = (name: string) => real.attributes?.[name] !== undefined || real.block_types?.[name] !== undefined;
    for (const name of Object.keys(derivedAttributes)) {
      if (!known(name)) this.differ(join(path, name), 'extra_attribute', 'attribute', undefined);
    }
    for (const name of Object.keys(derivedBlocks)) {
      if (!known(name)) this.differ(join(path, name), 'extra_block', 'block', undefined);
    }
  }

  private attribute(path: string, derived: Attribute, real: Attribute): void {
    for (const flag of ['required', 'optional', 'computed', 'sensitive', 'write_only'] as const) {
      this.fact(path, flag, derived[flag] ?? false, real[flag] ?? false);
    }
    if (derived.nested_type && real.nested_type) {
      this.fact(path, 'nesting_mode', derived.nested_type.nesting_mode, real.nested_type.nesting_mode);
      this.block(path, derived.nested_type, real.nested_type);
    } else if (derived.nested_type || real.nested_type) {
      this.differ(
        path,
        'nested_type',
        derived.nested_type ? 'nested attributes' : derived.type,
        real.type ?? 'nested attributes',
      );
    } else {
      this.fact(path, 'type', derived.type, real.type);
    }
  }

  private nested(path: string, derived: NestedBlock, real: NestedBlock): void {
    this.fact(path, 'nesting_mode', derived.nesting_mode, real.nesting_mode);
    this.fact(path, 'min_items', derived.min_items ?? 0, real.min_items ?? 0);
    this.fact(path, 'max_items', derived.max_items ?? 0, real.max_items ?? 0);
    this.block(path, derived.block, real.block);
  }

  private fact(path: string, kind: FactKind, derived: unknown, real: unknown): void {
    this.facts += 1;
    if (canonical(derived) !== canonical(real)) this.differences.push({ resource: this.name, path, kind, derived, real });
  }

  private differ(path: string, kind: FactKind, derived: unknown, real: unknown): void {
    this.facts += 1;
    this.differences.push({ resource: this.name, path, kind, derived, real });
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** JSON with the fields of objects in order: two object types are the same whatever the order of their fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
