import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMetadataResponse, encodeSchemaResponse } from '../protocol/schema-response';
import type { ProviderSchema, Schema } from './schema';

interface Index {
  readonly address: string;
  readonly version: string;
  readonly provider: Schema;
  /** Where each schema lies in the file of schemas: offset and length in bytes. */
  readonly resources: Record<string, [number, number]>;
  readonly dataSources: readonly string[];
}

/** Writes a provider's schema so that a server starts fast: one JSON a resource type, an index, and the encoded answers. */
export function writeSchemaStore(folder: string, schema: ProviderSchema): void {
  mkdirSync(folder, { recursive: true });
  const resources: Index['resources'] = {};
  const texts: Buffer[] = [];
  let offset = 0;
  for (const [name, resource] of Object.entries(schema.resources)) {
    const text = Buffer.from(JSON.stringify(resource));
    resources[name] = [offset, text.length];
    texts.push(text);
    offset += text.length;
  }
  const { address, version, provider } = schema;
  const index: Index = { address, version, provider, resources, dataSources: Object.keys(schema.dataSources) };
  writeFileSync(join(folder, 'schemas.json'), Buffer.concat(texts));
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'schema-response.bin'), encodeSchemaResponse(schema));
  writeFileSync(join(folder, 'metadata-response.bin'), encodeMetadataResponse(schema));
}

/** Reads what `writeSchemaStore` wrote, resource types only when asked for. */
export class SchemaStore {
  private readonly index: Index;
  private readonly read = new Map<string, Schema>();
  private texts: Buffer | undefined;

  constructor(private readonly folder: string) {
    this.index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;
  }

  /** `registry.terraform.io/hashicorp/aws` */
  get address(): string {
    return this.index.address;
  }

  get version(): string {
    return this.index.version;
  }

  /** The schema of the provider's own configuration. */
  get provider(): Schema {
    return this.index.provider;
  }

  get resourceTypes(): string[] {
    return Object.keys(this.index.resources);
  }

  get dataSourceTypes(): readonly string[] {
    return this.index.dataSources;
  }

  /** The schema of a resource type, or undefined when the provider has no such type. */
  resource(type: string): Schema | undefined {
    const known = this.read.get(type);
    if (known) return known;
    const place = this.index.resources[type];
    if (!place) return undefined;
    this.texts ??= readFileSync(join(this.folder, 'schemas.json'));
    const schema = JSON.parse(this.texts.toString('utf8', place[0], place[0] + place[1])) as Schema;
    this.read.set(type, schema);
    return schema;
  }

  schemaResponse(): Buffer {
    return readFileSync(join(this.folder, 'schema-response.bin'));
  }

  metadataResponse(): Buffer {
    return readFileSync(join(this.folder, 'metadata-response.bin'));
  }
}
