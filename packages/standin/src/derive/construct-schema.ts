import type { Attribute, Block, CtyType, NestedBlock, NestingMode, Schema } from '../schema/schema';
import { attributeType } from '../schema/schema';
import { type Declarations, type HclAttribute, type Member } from './declarations';

/** How a provider writes arguments that hold objects but are not blocks. */
export type ObjectStyle = 'object' | 'nested_type';

/** What a getter of cdktf's base classes says about the type. Sets come as `Fn.tolist(...)` around a list getter. */
const GETTERS: [RegExp, CtyType][] = [
  [/getStringAttribute\(/, 'string'],
  [/getNumberAttribute\(/, 'number'],
  [/getBooleanAttribute\(/, 'bool'],
  [/getStringMapAttribute\(/, ['map', 'string']],
  [/getBooleanMapAttribute\(/, ['map', 'bool']],
  [/getNumberMapAttribute\(/, ['map', 'number']],
  [/tolist\(this\.getListAttribute\(/, ['set', 'string']],
  [/tolist\(this\.getNumberListAttribute\(/, ['set', 'number']],
  [/getListAttribute\(/, ['list', 'string']],
  [/getNumberListAttribute\(/, ['list', 'number']],
];

/** What `storageClassType` says where a getter does not (the provider's own class, and types without a getter of their own). */
const STORAGE: Record<string, CtyType> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  stringList: ['list', 'string'],
  numberList: ['list', 'number'],
  stringMap: ['map', 'string'],
  booleanMap: ['map', 'bool'],
  numberMap: ['map', 'number'],
  stringListList: ['list', ['list', 'string']],
  stringMapList: ['list', ['map', 'string']],
  stringMapMap: ['map', ['map', 'string']],
  any: 'dynamic',
};

/** cdktf's own classes for computed maps. */
const MAP_CLASSES: Record<string, CtyType> = {
  'cdktf.StringMap': ['map', 'string'],
  'cdktf.BooleanMap': ['map', 'bool'],
  'cdktf.NumberMap': ['map', 'number'],
};

/** The schema of one resource, data source or provider. */
export function constructSchema(declarations: Declarations, style: ObjectStyle): Schema {
  const maker = new SchemaMaker(declarations, style);
  const main = declarations.mainClass ?? '';
  if (declarations.kind === 'provider') return maker.hclBlock(main, `${main}Config`);
  return maker.block(main, declarations.configInterface ?? `${main}Config`);
}

class SchemaMaker {
  constructor(
    private readonly declarations: Declarations,
    private readonly style: ObjectStyle,
  ) {}

  /** From a class's members. `struct` names the interface whose comments tell blocks from attributes. */
  block(className: string, struct: string): Block {
    const blocks = this.declarations.blocks.get(struct);
    const hcl = new Map(
      (this.declarations.hcl.get(className) ?? this.declarations.hcl.get(struct) ?? []).map((it) => [it.name, it]),
    );
    const attributes: Record<string, Attribute> = {};
    const nested: Record<string, NestedBlock> = {};
    for (const member of this.declarations.members.get(className) ?? []) {
      const isBlock = member.nestedClass !== undefined && blocks?.has(member.name) === true;
      if (isBlock) nested[member.name] = this.nestedBlock(member);
      else attributes[member.name] = this.attribute(member, hcl.get(member.name));
    }
    return noDynamicInSets(blockOf(attributes, nested));
  }

  private nestedBlock(member: Member): NestedBlock {
    const { mode, element, onlyOne } = this.nesting(member);
    const nested: NestedBlock = { nesting_mode: mode, block: this.block(element, structOf(element)) };
    if (member.required && mode !== 'single') nested.min_items = 1;
    if (onlyOne) nested.max_items = 1;
    return nested;
  }

  private attribute(member: Member, hcl: HclAttribute | undefined): Attribute {
    const attribute: Attribute = {};
    const map = MAP_CLASSES[member.nestedClass ?? ''];
    if (map) attribute.type = map;
    else if (member.nestedClass) this.objects(member, attribute);
    else attribute.type = getterType(member) ?? storageType(hcl);
    if (member.required) attribute.required = true;
    if (member.optional) attribute.optional = true;
    // Some plugin-framework schemas say both; Terraform refuses a schema that does.
    if (member.computed && !member.required) attribute.computed = true;
    return attribute;
  }

  /** An attribute that holds objects: nested attributes, or a plain object type where the provider knows only that. */
  private objects(member: Member, attribute: Attribute): void {
    const { mode, element } = this.nesting(member);
    const inner = this.block(element, structOf(element));
    const attributes = { ...inner.attributes };
    // Below an attribute there are no blocks: what looks like one is a nested attribute.
    for (const [name, nested] of Object.entries(inner.block_types ?? {})) {
      attributes[name] = {
        nested_type: { attributes: nested.block.attributes ?? {}, nesting_mode: nested.nesting_mode },
        optional: true,
      };
    }
    const nestedType: Attribute = { nested_type: { attributes, nesting_mode: mode } };
    const settable = member.optional || member.required;
    if (this.style === 'nested_type' && (settable || mode === 'single')) attribute.nested_type = nestedType.nested_type;
    else attribute.type = attributeType(nestedType);
  }

  private nesting(member: Member): { mode: NestingMode; element: string; onlyOne: boolean } {
    const nestedClass = member.nestedClass ?? '';
    const element = this.declarations.elements.get(nestedClass);
    if (element) {
      const mode = nestedClass.endsWith('Map') ? 'map' : member.wrapsSet ? 'set' : 'list';
      return { mode, element, onlyOne: false };
    }
    const onlyOne = this.declarations.onlyOne.has(nestedClass);
    return { mode: onlyOne ? 'list' : 'single', element: nestedClass, onlyOne };
  }

  /** From `synthesizeHclAttributes` alone: a provider's class has no typed getters, and its nested structs no classes. */
  hclBlock(key: string, struct: string): Block {
    const attributes: Record<string, Attribute> = {};
    const nested: Record<string, NestedBlock> = {};
    const members = new Map(this.declarations.members.get(key)?.map((member) => [member.name, member]));
    for (const entry of this.declarations.hcl.get(key) ?? []) {
      const element = entry.storageClassType.replace(/List$/, '');
      if (entry.isBlock && this.declarations.blocks.get(struct)?.has(entry.name)) {
        const mode = entry.type === 'struct' ? 'single' : (entry.type as NestingMode);
        nested[entry.name] = { nesting_mode: mode, block: this.hclBlock(element, element) };
      } else {
        const needed: Attribute = members.get(entry.name)?.required ? { required: true } : { optional: true };
        attributes[entry.name] = { type: storageType(entry), ...needed };
      }
    }
    return blockOf(attributes, nested);
  }
}

/** A block without empty parts, as Terraform's own JSON has it. */
function blockOf(attributes: Record<string, Attribute>, nested: Record<string, NestedBlock>): Block {
  return {
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    ...(Object.keys(nested).length > 0 ? { block_types: nested } : {}),
  };
}

function getterType(member: Member): CtyType | undefined {
  return GETTERS.find(([pattern]) => pattern.test(member.getter ?? ''))?.[1];
}

function storageType(entry: HclAttribute | undefined): CtyType {
  const type = STORAGE[entry?.storageClassType ?? 'any'] ?? 'dynamic';
  return entry?.type === 'set' && Array.isArray(type) && type[0] === 'list' ? ['set', type[1]] : type;
}

function structOf(className: string): string {
  return className.replace(/OutputReference$/, '');
}

/**
 * Terraform refuses sets of values of dynamic type. The generated code gives `any` only where cdktf gave up on a schema
 * (wafv2 statements, QuickSight definitions); the set around it becomes a list.
 */
function noDynamicInSets(block: Block): Block {
  for (const nested of Object.values(block.block_types ?? {})) {
    if (nested.nesting_mode === 'set' && JSON.stringify(nested.block).includes('"dynamic"')) nested.nesting_mode = 'list';
  }
  return block;
}
