import { join, normalize, sep } from 'node:path';
import { LakewrightError, type LocalPaths } from '@lakewright/config';

/**
 * Where a file of the workspace lies on this machine. The workspace calls one file both `/Workspace/Shared/a.sql` and `/Shared/a.sql`.
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
