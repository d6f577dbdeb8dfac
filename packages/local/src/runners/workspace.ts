import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { assetPath, type DeployedResource } from '../deployment/deployment';
import { workspaceFile } from '../workspace/files';
import type { ResourceRunner, Runner, RunnerContext } from './runner';
import { optionalText, text } from './values';

const file: ResourceRunner = {
  identity: (resource) => ({ path: text(resource, 'path') }),
  async reconcile(resource, { local }) {
    const target = workspaceFile(local.paths, text(resource, 'path'));
    const wanted = fileContent(resource, local);
    const existed = existsSync(target);
    if (existed && readFileSync(target).equals(wanted)) return 'unchanged';
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, wanted);
    return existed ? 'updated' : 'created';
  },
  async remove({ identity }, { local }) {
    rmSync(workspaceFile(local.paths, identity.path!), { force: true });
  },
};

function fileContent(resource: DeployedResource, local: RunnerContext['local']): Buffer {
  const source = optionalText(resource.values, 'source');
  if (source) return readFileSync(assetPath(local, resource, source));
  return Buffer.from(text(resource, 'content_base64'), 'base64');
}

const directory: ResourceRunner = {
  identity: (resource) => ({ path: text(resource, 'path') }),
  async reconcile(resource, { local }) {
    const target = workspaceFile(local.paths, text(resource, 'path'));
    if (existsSync(target)) return 'unchanged';
    mkdirSync(target, { recursive: true });
    return 'created';
  },
  async remove({ identity }, { local }) {
    try {
      rmdirSync(workspaceFile(local.paths, identity.path!));
    } catch (error) {
      // Not there, or something else lies in it.
      if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  },
};

/** Files and folders of the Databricks workspace. */
export const workspaceRunner: Runner = {
  family: 'workspace',
  resources: { databricks_directory: directory, databricks_workspace_file: file },
};
