import { workspacePath } from '../../src';
import { refused } from '../synthesized';

test('a path as the workspace reports it', () => {
  expect(workspacePath('/Workspace/Shared/homes')).toBe('/Shared/homes');
  expect(workspacePath('/Shared/homes')).toBe('/Shared/homes');
  expect(workspacePath('/WorkspaceOfMine/homes')).toBe('/WorkspaceOfMine/homes');
});

test.each(['Shared/homes', '/Shared/homes/'])('refused: %s', (path) => {
  const error = refused(() => workspacePath(path));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_WORKSPACE_PATH', expect.stringContaining(`"${path}"`)]);
});
