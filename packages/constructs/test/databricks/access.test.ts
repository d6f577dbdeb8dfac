import { addGrants, addPermissions, principalName, runAs } from '../../src/databricks/access';
import { synthesized, testEnvironment } from '../synthesized';

const { data_engineers, analysts, pipeline_sp } = testEnvironment().principals;

test('service principals are known by application id, everybody else by name', () => {
  expect([data_engineers, analysts, pipeline_sp].map(principalName)).toEqual([
    'data_engineers',
    'ann@example.com',
    '00000000-0000-4000-8000-00000000000a',
  ]);
  expect(runAs(pipeline_sp)).toEqual({ servicePrincipalName: '00000000-0000-4000-8000-00000000000a' });
  expect(runAs(analysts)).toEqual({ userName: 'ann@example.com' });
});

test('one resource of grants for a securable, whoever was named first and how often', () => {
  const grants = [
    { principal: data_engineers, privileges: ['USE_SCHEMA'] },
    { principal: analysts, privileges: ['SELECT'] },
    { principal: data_engineers, privileges: ['SELECT', 'MODIFY', 'USE_SCHEMA'] },
  ] as const;
  const [one, other] = [grants, grants.toReversed()].map((order) =>
    synthesized((scope) => addGrants(scope, 'grants', { schema: 'homes.gold' }, order)).one('databricks_grants'),
  );
  expect(one).toMatchObject({
    schema: 'homes.gold',
    grant: [
      { principal: 'ann@example.com', privileges: ['SELECT'] },
      { principal: 'data_engineers', privileges: ['MODIFY', 'SELECT', 'USE_SCHEMA'] },
    ],
  });
  expect(other).toEqual(one);
});

test('nobody granted or permitted is no resource, as an empty one could not be applied', () => {
  const stack = synthesized((scope) => {
    addGrants(scope, 'grants', { catalog: 'homes' }, []);
    addPermissions(scope, 'permissions', { jobId: '1' }, []);
  });
  expect([stack.all('databricks_grants'), stack.all('databricks_permissions')]).toEqual([[], []]);
});

test('permissions name groups, users and service principals each by their own attribute', () => {
  const stack = synthesized((scope) => {
    const permissions = [data_engineers, analysts, pipeline_sp].map((principal) => ({ principal, level: 'CAN_VIEW' }));
    addPermissions(scope, 'permissions', { jobId: '1' }, permissions);
  });
  expect(stack.one('databricks_permissions')).toMatchObject({
    job_id: '1',
    access_control: [
      { group_name: 'data_engineers', permission_level: 'CAN_VIEW' },
      { user_name: 'ann@example.com', permission_level: 'CAN_VIEW' },
      { service_principal_name: '00000000-0000-4000-8000-00000000000a', permission_level: 'CAN_VIEW' },
    ],
  });
});
