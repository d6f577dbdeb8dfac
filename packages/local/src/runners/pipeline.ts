import { existsSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import type { DeployedResource } from '../deployment/deployment';
import { workspaceFile } from '../workspace/files';
import { type DeployedPipeline, pipelines } from '../workspace/pipelines';
import type { ResourceRunner, Runner } from './runner';
import { block, blocks, optionalText, text, textMap } from './values';

const pipeline: ResourceRunner = {
  limits: 'SQL files; runs when told to, on this machine; its tables stay when it is removed',
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { local }) {
    const deployed = deployedPipeline(resource);
    for (const path of deployed.files) {
      if (!existsSync(workspaceFile(local.paths, path))) {
        throw new LakewrightError('LOCAL_PIPELINE_FILE', `${resource.address}: the workspace has no file ${path}`, {
          hint: 'deploy it as a databricks_workspace_file of the same path',
        });
      }
    }
    return pipelines(local.paths).put(deployed.name, deployed);
  },
  async remove({ identity }, { local }) {
    pipelines(local.paths).delete(identity.name!);
  },
};

function deployedPipeline(resource: DeployedResource): DeployedPipeline {
  const files = blocks(resource.values, 'library').map((library) => {
    const path = optionalText(block(library, 'file') ?? {}, 'path');
    if (path) return path;
    throw new LakewrightError('LOCAL_PIPELINE_LIBRARY', `${resource.address}: only libraries of the kind "file" run locally`, {
      hint: 'give the source as SQL files of the workspace, not as notebooks, globs or jars',
    });
  });
  const identity = block(resource.values, 'run_as') ?? {};
  const runAs = optionalText(identity, 'service_principal_name') ?? optionalText(identity, 'user_name');
  return {
    name: text(resource, 'name'),
    catalog: text(resource, 'catalog'),
    schema: optionalText(resource.values, 'schema') ?? optionalText(resource.values, 'target') ?? 'default',
    configuration: textMap(resource.values, 'configuration'),
    files,
    ...(runAs === undefined ? {} : { runAs }),
  };
}

/** Lakeflow pipelines. */
export const pipelineRunner: Runner = { family: 'pipeline', resources: { databricks_pipeline: pipeline } };
