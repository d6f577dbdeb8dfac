import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { type SqlSource, withQuarantine } from '@lakewright/lakeflow';

/** The listings app's own pipeline, quarantine included, and an SCD type 1 target. */
export function listingsPipeline(staging: string) {
  const root = projectRoot();
  const folder = join(root, 'apps/listings/pipelines');
  const files = [...readdirSync(folder).map((file) => join(folder, file)), join(root, 'bench/pipelines/latest.sql')];
  const sources: readonly SqlSource[] = withQuarantine(files.map((path) => ({ path, text: readFileSync(path, 'utf8') })));
  return { name: 'listings', catalog: 'bench', schema: 'bronze', sources, configuration: { staging_path: `${staging}/` } };
}
