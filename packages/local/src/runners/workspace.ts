import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { LakewrightError, type LocalPaths } from '@lakewright/config';
import { assetPath, type DeployedResource } from '../deployment/deployment';
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

/**
 * Where a workspace path lies on this machine. The workspace calls one file both `/Workspace/Shared/a.sql` and `/Shared/a.sql`.
 *
 * @throws LakewrightError LOCAL_WORKSPACE_PATH for a path that leads out of the workspace
 */
export function workspaceFile(paths: Pick<LocalPaths, 'workspace'>, path: string): string {
  const inside = normalize(path.replace(/^\/Workspace(?=\/)/, ''));
  if (!path.startsWith('/') || inside.split(sep).includes('..')) {
    throw new LakewrightError('LOCAL_WORKSPACE_PATH', `"${path}" is not a path of the workspace`, {
      hint: 'workspace paths are absolute and have no ".."',
    });
  }
  return join(paths.workspace, inside);
}

/** Files and folders of the Databricks workspace. */
export const workspaceRunner: Runner = {
  family: 'workspace',
  resources: { databricks_directory: directory, databricks_workspace_file: file },
};
