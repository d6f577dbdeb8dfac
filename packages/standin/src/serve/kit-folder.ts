import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SchemaStore } from '../schema/schema-store';

/** The stores of schemas in a kit's folder, by provider name. */
export function openKit(folder: string): Record<string, SchemaStore> {
  const { schemas } = JSON.parse(readFileSync(join(folder, 'kit.json'), 'utf8')) as { schemas: Record<string, string> };
  return Object.fromEntries(Object.entries(schemas).map(([name, place]) => [name, new SchemaStore(join(folder, place))]));
}
