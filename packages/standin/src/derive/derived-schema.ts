import aws from '../generated/aws.json';
import databricks from '../generated/databricks.json';
import type { ProviderSchema } from '../schema/schema';
import { applyCorrections, type Corrections } from './corrections';
import { deriveProviderSchema, type ProviderPackage, packageFacts } from './provider-package';

const CORRECTIONS = { aws, databricks } as unknown as Record<ProviderPackage['name'], Corrections>;

/**
 * A provider's schema from its npm package, with the committed corrections.
 *
 * @throws LakewrightError STANDIN_NO_PACKAGE, STANDIN_NO_SOURCE_MAP
 */
export function derivedSchema(
  provider: ProviderPackage,
  root: string,
  options: { corrected?: boolean; onProgress?: (done: number, total: number) => void } = {},
): ProviderSchema {
  const schema = deriveProviderSchema(provider, packageFacts(provider, root), options.onProgress);
  if (options.corrected ?? true) applyCorrections(schema.resources, CORRECTIONS[provider.name]);
  return schema;
}
