import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, bundleOf, checkBundle, type StackDocument, writeBundle } from '@lakewright/bundle';
import { EXIT, LakewrightError, loadEnvironment, localPaths, projectRoot, readManifest } from '@lakewright/config';
import { synthesize } from '@lakewright/deploy';

export interface ExportBundleOptions {
  /** @default every system of the environment that has a Databricks stack */
  readonly systems?: readonly string[];
  /** Name of the environment. @default LAKEWRIGHT_ENV, else local */
  readonly environment?: string;
  /** Folder that gets one folder a system. */
  readonly output: string;
  /** File with the JSON schema that each bundle is held against. @default they are not */
  readonly schema?: string;
}

/** A bundle that was written. */
export interface ExportedBundle extends Bundle {
  readonly system: string;
  readonly folder: string;
}

/**
 * Synthesizes an environment and writes each system's Databricks stack as an Asset Bundle. Needs no account and no network.
 *
 * @throws LakewrightError BUNDLE_*; BUNDLE_SCHEMA before anything is written; what `synthesize` throws
 */
export async function exportBundle(options: ExportBundleOptions): Promise<readonly ExportedBundle[]> {
  const root = projectRoot();
  const schema = options.schema === undefined ? undefined : readSchema(options.schema);
  const environment = await loadEnvironment({ name: options.environment, offline: true });
  const given = options.systems ?? [];
  const systems =
    given.length > 0 ? given : environment.systems.filter((name) => readManifest(root, name).stacks.includes('databricks'));
  const scratch = join(localPaths(root).cache, 'bundle', environment.name);
  try {
    const synthesized = await synthesize({ root, environment, offline: true, outdir: join(scratch, 'cdktf.out') });
    const stacks = synthesized.map(({ name, folder }): StackDocument => ({ name, folder, json: readStack(folder) }));
    const bundles = systems.map((system) => {
      const bundle = bundleOf({ system, environment, stacks });
      if (schema) checkBundle(bundle.document, schema);
      return { ...bundle, system, folder: join(options.output, system) };
    });
    for (const bundle of bundles) writeBundle(bundle.folder, bundle);
    return bundles;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readStack(folder: string): StackDocument['json'] {
  return JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as StackDocument['json'];
}

function readSchema(file: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (cause) {
    throw new LakewrightError('BUNDLE_SCHEMA_FILE', `${file} is no JSON schema that can be read`, {
      hint: 'databricks bundle schema > schema.json',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
