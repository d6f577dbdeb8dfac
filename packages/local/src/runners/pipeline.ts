import { existsSync } from 'node:fs';
import { LakewrightError } from '@lakewright/config';
import type { DeployedResource } from '../deployment/deployment';
import { workspaceFile } from '../workspace/files';
import { type DeployedPipeline, pipelines } from '../workspace/pipelines';
import type { ResourceRunner, Runner } from './runner';
import { type Block, block, blocks, optionalText, text, textMap } from './values';

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
  const schema = optionalText(resource.values, 'schema') ?? optionalText(resource.values, 'target') ?? 'default';
  const log = block(resource.values, 'event_log');
  return {
    name: text(resource, 'name'),
    catalog: text(resource, 'catalog'),
    schema,
    ...(log && { eventLog: eventLogTable(resource, log, schema) }),
    configuration: textMap(resource.values, 'configuration'),
    files,
    ...(runAs === undefined ? {} : { runAs }),
  };
}

/** Its catalog and schema are the pipeline's when they are left out. */
function eventLogTable(resource: DeployedResource, log: Block, schema: string): DeployedPipeline['eventLog'] {
  const catalog = optionalText(log, 'catalog') ?? text(resource, 'catalog');
  if (catalog !== text(resource, 'catalog')) {
    throw new LakewrightError('LOCAL_PIPELINE_EVENT_LOG', `${resource.address}: its event log is in the catalog ${catalog}`, {
      hint: 'publish it in the catalog of the pipeline',
    });
  }
  const name = optionalText(log, 'name');
  if (name === undefined) {
    throw new LakewrightError('LOCAL_PIPELINE_EVENT_LOG', `${resource.address}: its event log has no name`, {
      hint: 'name the table: event_log { name }',
    });
  }
  return { schema: optionalText(log, 'schema') ?? schema, name };
}

/** Lakeflow pipelines. */
export const pipelineRunner: Runner = { family: 'pipeline', resources: { databricks_pipeline: pipeline } };
