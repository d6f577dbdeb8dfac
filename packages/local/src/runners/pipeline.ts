import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, LakewrightError, type LocalPaths } from '@lakewright/config';
import type { DeployedResource } from '../deployment/deployment';
import type { ResourceRunner, Runner } from './runner';
import { block, blocks, optionalText, text, textMap } from './values';
import { workspaceFile } from './workspace';

/** A pipeline as it is registered: what a run needs and nothing else. */
export interface PipelineDefinition {
  readonly name: string;
  readonly catalog: string;
  /** Where tables without a schema of their own go. */
  readonly schema: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Workspace paths of the source files, in the order of the definition. */
  readonly files: readonly string[];
}

const pipeline: ResourceRunner = {
  limits: 'SQL files; runs when told to, on this machine; its tables stay when it is removed',
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { local }) {
    const definition = pipelineDefinition(resource);
    for (const path of definition.files) {
      if (!existsSync(workspaceFile(local.paths, path))) {
        throw new LakewrightError('LOCAL_PIPELINE_FILE', `${resource.address}: the workspace has no file ${path}`, {
          hint: 'deploy it as a databricks_workspace_file of the same path',
        });
      }
    }
    const file = registryFile(local.paths, definition.name);
    const wanted = `${JSON.stringify(definition, null, 1)}\n`;
    const existed = existsSync(file);
    if (existed && readFileSync(file, 'utf8') === wanted) return 'unchanged';
    mkdirSync(registryFolder(local.paths), { recursive: true });
    writeFileSync(file, wanted);
    return existed ? 'updated' : 'created';
  },
  async remove({ identity }, { local }) {
    rmSync(registryFile(local.paths, identity.name!), { force: true });
  },
};

function pipelineDefinition(resource: DeployedResource): PipelineDefinition {
  const files = blocks(resource.values, 'library').map((library) => {
    const path = optionalText(block(library, 'file') ?? {}, 'path');
    if (path) return path;
    throw new LakewrightError('LOCAL_PIPELINE_LIBRARY', `${resource.address}: only libraries of the kind "file" run locally`, {
      hint: 'give the source as SQL files of the workspace, not as notebooks, globs or jars',
    });
  });
  return {
    name: text(resource, 'name'),
    catalog: text(resource, 'catalog'),
    schema: optionalText(resource.values, 'schema') ?? optionalText(resource.values, 'target') ?? 'default',
    configuration: textMap(resource.values, 'configuration'),
    files,
  };
}

/** Names of the registered pipelines, sorted. */
export function pipelineNames(paths: Pick<LocalPaths, 'home'>): string[] {
  const folder = registryFolder(paths);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => decodeURIComponent(name.slice(0, -'.json'.length)))
    .sort();
}

/** @throws LakewrightError LOCAL_UNKNOWN_PIPELINE (exit 2) */
export function readPipeline(paths: Pick<LocalPaths, 'home'>, name: string): PipelineDefinition {
  const file = registryFile(paths, name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as PipelineDefinition;
  const names = pipelineNames(paths);
  throw new LakewrightError('LOCAL_UNKNOWN_PIPELINE', `no pipeline "${name}" is deployed`, {
    hint: names.length > 0 ? `deployed are: ${names.join(', ')}` : 'lakewright up',
    exitCode: EXIT.usage,
  });
}

function registryFolder(paths: Pick<LocalPaths, 'home'>): string {
  return join(paths.home, 'pipelines');
}

/** Percent-encoded: a pipeline's name may hold any character. */
function registryFile(paths: Pick<LocalPaths, 'home'>, name: string): string {
  return join(registryFolder(paths), `${encodeURIComponent(name)}.json`);
}

/** Lakeflow pipelines. */
export const pipelineRunner: Runner = { family: 'pipeline', resources: { databricks_pipeline: pipeline } };
