/**
 * A provider's schema in the shape that `terraform providers schema -json` prints, which is also the shape of the facts files:
 * what Terraform calls a thing is what it is called here.
 */

/** A type of Terraform's language (cty), as its JSON form: `"string"`, `["list", "string"]`, `["object", {...}]`. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | ['list' | 'set' | 'map', CtyType]
  | ['object', Record<string, CtyType>]
  | ['tuple', CtyType[]];

export type NestingMode = 'single' | 'list' | 'set' | 'map' | 'group';

export interface NestedType {
  attributes: Record<string, Attribute>;
  nesting_mode: NestingMode;
}

/** One argument or attribute. It has either a `type` or a `nested_type`. */
export interface Attribute {
  type?: CtyType;
  nested_type?: NestedType;
  required?: true;
  optional?: true;
  computed?: true;
  sensitive?: true;
  write_only?: true;
}

export interface NestedBlock {
  nesting_mode: NestingMode;
  /** Fewest blocks accepted. Absent: none is needed. */
  min_items?: number;
  /** Most blocks accepted. Absent: any number. */
  max_items?: number;
  block: Block;
}

export interface Block {
  attributes?: Record<string, Attribute>;
  block_types?: Record<string, NestedBlock>;
}

/** A resource type, a data source or a provider's configuration; `version` counts the changes of its state's shape. */
export interface Schema extends Block {
  version?: number;
}

export interface ProviderSchema {
  /** Where the provider lives: `registry.terraform.io/hashicorp/aws`. */
  address: string;
  /** The provider's own version, `6.25.0`. */
  version: string;
  provider: Schema;
  resources: Record<string, Schema>;
  dataSources: Record<string, Schema>;
}

/** The type a value of an attribute has: its own, or the object type its nested attributes make. */
export function attributeType(attribute: Attribute): CtyType {
  if (!attribute.nested_type) return attribute.type ?? 'dynamic';
  const fields: Record<string, CtyType> = {};
  for (const [name, inner] of Object.entries(attribute.nested_type.attributes)) fields[name] = attributeType(inner);
  return nest(attribute.nested_type.nesting_mode, ['object', fields]);
}

/** The object type of a block: its attributes and its nested blocks. */
export function blockType(block: Block): ['object', Record<string, CtyType>] {
  const fields: Record<string, CtyType> = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) fields[name] = attributeType(attribute);
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const type = nest(nested.nesting_mode, blockType(nested.block));
    // Blocks that hold values of any type may differ in type: Terraform then types the whole collection at run time.
    const mixed = Array.isArray(type) && type[0] !== 'object' && JSON.stringify(type).includes('"dynamic"');
    fields[name] = mixed ? 'dynamic' : type;
  }
  return ['object', fields];
}

function nest(mode: NestingMode, type: CtyType): CtyType {
  return mode === 'single' || mode === 'group' ? type : [mode, type];
}
