import { join } from 'node:path';
import { EXIT, LakewrightError, type LocalPaths } from '@lakewright/config';
import { Registry } from './registry';

/** A pipeline as it is deployed: what a run needs and nothing else. */
export interface DeployedPipeline {
  readonly name: string;
  readonly catalog: string;
  /** Where tables without a schema of their own go. */
  readonly schema: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Schema and name of the table that its event log is published as; in its own catalog. */
  readonly eventLog?: { readonly schema: string; readonly name: string };
  /** Workspace paths of the source files, in the order of the definition. */
  readonly files: readonly string[];
  /** The principal that updates run as, as Unity Catalog names it. @default the metastore's admin, who deployed it */
  readonly runAs?: string;
}

/** The deployed pipelines, by name. The runner of their type writes them; runs and events read them. */
export function pipelines(paths: Pick<LocalPaths, 'home'>): Registry<DeployedPipeline> {
  return new Registry(join(paths.home, 'pipelines'));
}

/** @throws LakewrightError LOCAL_UNKNOWN_PIPELINE (exit 2) */
export function readPipeline(paths: Pick<LocalPaths, 'home'>, name: string): DeployedPipeline {
  const deployed = pipelines(paths);
  const pipeline = deployed.get(name);
  if (pipeline) return pipeline;
  const names = deployed.keys();
  throw new LakewrightError('LOCAL_UNKNOWN_PIPELINE', `no pipeline "${name}" is deployed`, {
    hint: names.length > 0 ? `deployed are: ${names.join(', ')}` : 'lakewright up',
    exitCode: EXIT.usage,
  });
}
