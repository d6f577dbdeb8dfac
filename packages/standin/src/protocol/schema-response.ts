import type { Attribute, Block, NestingMode, ProviderSchema, Schema } from '../schema/schema';
import { encodeMessage } from './messages';

const BLOCK_NESTING: Record<NestingMode, number> = { single: 1, list: 2, set: 3, map: 4, group: 5 };

/** The answer to GetProviderSchema, as bytes: made once and kept, because AWS' takes a second to make. */
export function encodeSchemaResponse(schema: ProviderSchema): Buffer {
  return encodeMessage('SchemaResponse', {
    provider: schemaMessage(schema.provider),
    resourceSchemas: mapped(schema.resources),
    dataSourceSchemas: mapped(schema.dataSources),
    // Terraform may keep this answer and not ask the next process for it.
    serverCapabilities: { getProviderSchemaOptional: true },
  });
}

/** The answer to GetMetadata: names only. */
export function encodeMetadataResponse(schema: ProviderSchema): Buffer {
  return encodeMessage('MetadataResponse', {
    serverCapabilities: { getProviderSchemaOptional: true },
    resources: Object.keys(schema.resources).map((typeName) => ({ typeName })),
    dataSources: Object.keys(schema.dataSources).map((typeName) => ({ typeName })),
  });
}

function mapped(schemas: Record<string, Schema>): Record<string, object> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaMessage(schema)]));
}

function schemaMessage(schema: Schema): object {
  return { version: schema.version, block: blockMessage(schema) };
}

function blockMessage(block: Block): object {
  return {
    attributes: attributeMessages(block.attributes),
    blockTypes: Object.entries(block.block_types ?? {}).map(([typeName, nested]) => ({
      typeName,
      block: blockMessage(nested.block),
      nesting: BLOCK_NESTING[nested.nesting_mode],
      minItems: nested.min_items,
      maxItems: nested.max_items,
    })),
  };
}

function attributeMessages(attributes: Record<string, Attribute> = {}): object[] {
  return Object.entries(attributes).map(([name, { type, nested_type, write_only, ...flags }]) => ({
    name,
    ...flags,
    writeOnly: write_only,
    ...(nested_type
      ? {
          nestedType: { attributes: attributeMessages(nested_type.attributes), nesting: BLOCK_NESTING[nested_type.nesting_mode] },
        }
      : { type: Buffer.from(JSON.stringify(type)) }),
  }));
}
