import { LakewrightError } from '@lakewright/config';

/**
 * A workspace path as the workspace itself reports it. Both `/Workspace/Shared/x` and `/Shared/x` mean the same file, but
 * the provider reads the short one back and would plan to replace what was made by the long one.
 *
 * @throws LakewrightError CONSTRUCT_WORKSPACE_PATH when it is not absolute
 */
export function workspacePath(path: string): string {
  if (!path.startsWith('/') || path.endsWith('/')) {
    throw new LakewrightError('CONSTRUCT_WORKSPACE_PATH', `folder: must begin with "/" and not end with it (got "${path}")`, {
      hint: "workspaceFolder(environment, 'system') makes one",
    });
  }
  return path.replace(/^\/Workspace(?=\/)/, '');
}
