import { ProtectedFolder, type ProtectedFolderProps } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

const { data_engineers, analysts, pipeline_sp } = testEnvironment().principals;
const folder = (props: Partial<ProtectedFolderProps> = {}): ProtectedFolderProps => ({
  path: '/Workspace/lakewright/dev/homes',
  readers: [data_engineers],
  ...props,
});

test('its readers can look, and nobody is named who could change anything', () => {
  const stack = synthesized((scope) => new ProtectedFolder(scope, 'folder', folder()));
  expect(stack.one('databricks_directory')).toEqual({ path: '/lakewright/dev/homes' });
  expect(stack.one('databricks_permissions')).toEqual({
    directory_path: expect.stringMatching(/^\$\{databricks_directory\.folder_directory_\w+\.path\}$/),
    access_control: [{ group_name: 'data_engineers', permission_level: 'CAN_READ' }],
  });
});

test('everybody who is granted to read is in the one list, once, in the same order whoever came first', () => {
  const listed = (order: readonly (typeof analysts)[]) => {
    const stack = synthesized((scope) => {
      const made = new ProtectedFolder(scope, 'folder', folder());
      for (const principal of [...order, ...order]) made.grantRead(principal);
    });
    return stack.one('databricks_permissions').access_control;
  };
  expect(listed([analysts, pipeline_sp])).toEqual(listed([pipeline_sp, analysts]));
  expect(listed([analysts, pipeline_sp])).toHaveLength(3);
});

test('a folder in it inherits its permissions and grants through it', () => {
  const stack = synthesized((scope) => {
    const inner = new ProtectedFolder(scope, 'folder', folder()).addFolder('pipelines');
    expect(inner.path).toBe('/lakewright/dev/homes/pipelines');
    inner.grantRead(pipeline_sp);
  });
  const inner = stack.one('databricks_directory', 'folder_pipelines');
  expect(inner.path).toBe('/lakewright/dev/homes/pipelines');
  expect(inner.depends_on).toEqual([
    expect.stringContaining('databricks_directory.'),
    expect.stringContaining('databricks_permissions.'),
  ]);
  expect(stack.one('databricks_permissions').access_control).toContainEqual({
    service_principal_name: '00000000-0000-4000-8000-00000000000a',
    permission_level: 'CAN_READ',
  });
});

test.each([
  '/Workspace/Shared/homes',
  '/Shared',
  '/Users/ann@example.com/homes',
  '/Repos/homes',
])('refused, as users have rights there: %s', (path) => {
  const error = refused((scope) => new ProtectedFolder(scope, 'folder', folder({ path })));
  expect(error.code).toBe('CONSTRUCT_FOLDER_OPEN');
  expect(error.message).toContain(path.replace('/Workspace', ''));
});

test('a path that is not absolute', () => {
  const error = refused((scope) => new ProtectedFolder(scope, 'folder', folder({ path: 'homes' })));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_WORKSPACE_PATH', expect.stringContaining('"homes"')]);
});

test.each(['a/b', '..', 'Pipelines', 'directory'])('a folder in it cannot be called %s', (name) => {
  const error = refused((scope) => new ProtectedFolder(scope, 'folder', folder()).addFolder(name));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_FOLDER_NAME', expect.stringContaining(`"${name}"`)]);
});
