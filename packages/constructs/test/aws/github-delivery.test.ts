import { GithubDelivery } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

const delivery = { repository: 'homes/portal', githubEnvironment: 'production' };

test('one environment of one repository gets in, with no stored key', () => {
  const stack = synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery));
  expect(stack.one('aws_iam_openid_connect_provider')).toMatchObject({
    url: 'https://token.actions.githubusercontent.com',
    client_id_list: ['sts.amazonaws.com'],
  });
  const [trust] = stack.policy('aws_iam_role', '', 'assume_role_policy').Statement;
  expect(trust).toMatchObject({
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Principal: { Federated: [expect.stringContaining('aws_iam_openid_connect_provider')] },
    Condition: {
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': 'repo:homes/portal:environment:production',
      },
    },
  });
});

test('it may handle roles of the project only, pass them to services that work with them only, and touch its own state only', () => {
  const backend = { type: 's3', bucket: 'states', region: 'eu-west-1', kmsKeyId: 'arn:aws:kms:eu-west-1:1:key/k' } as const;
  const stack = synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery), testEnvironment({ backend }));
  const statements = new Map(stack.policy('aws_iam_role_policy').Statement.map((statement) => [statement.Sid, statement]));
  expect(statements.get('Roles')?.Resource).toEqual(['arn:aws:iam::123456789012:role/lakewright/*']);
  expect(statements.get('PassRoles')?.Condition).toEqual({
    StringEquals: {
      'iam:PassedToService': [
        'lambda.amazonaws.com',
        'monitoring.rds.amazonaws.com',
        'vpc-flow-logs.amazonaws.com',
        'glue.amazonaws.com',
        'states.amazonaws.com',
        'scheduler.amazonaws.com',
        'dms.amazonaws.com',
        'dms.eu-west-1.amazonaws.com',
      ],
    },
  });
  expect(statements.get('State')?.Resource).toEqual(['arn:aws:s3:::states/dev/*']);
  expect(statements.get('ListState')?.Condition).toEqual({ StringLike: { 's3:prefix': ['dev', 'dev/*'] } });
  expect(statements.get('StateKey')?.Resource).toEqual(['arn:aws:kms:eu-west-1:1:key/k']);
  expect(statements.has('EmptyBuckets')).toBe(false);
});

const ROLES = 'arn:aws:iam::123456789012:role/lakewright/';
const BOUNDARY = 'arn:aws:iam::123456789012:policy/lakewright-boundary';

describe('it cannot make anything mightier than the boundary', () => {
  const statements = () =>
    synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery)).policy('aws_iam_role_policy').Statement;
  const allowing = (action: string) => statements().filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action));
  const within = { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } };

  test.each([
    'CreateRole',
    'PutRolePolicy',
    'DeleteRolePolicy',
    'PutRolePermissionsBoundary',
  ])('%s within the boundary only', (action) => {
    expect(allowing(`iam:${action}`)).toEqual([expect.objectContaining({ Resource: [`${ROLES}*`], Condition: within })]);
  });

  test.each([
    'AttachRolePolicy',
    'DeleteRolePermissionsBoundary',
    'CreatePolicy',
    'CreatePolicyVersion',
    'SetDefaultPolicyVersion',
    'DeletePolicy',
    'CreateUser',
    'CreateOpenIDConnectProvider',
  ])('%s never', (action) => {
    expect(allowing(`iam:${action}`)).toEqual([]);
  });

  test('its own role, the boundary and the way in are denied every change', () => {
    const [deny, ...more] = statements().filter(({ Effect }) => Effect === 'Deny');
    expect(more).toEqual([]);
    expect(deny?.Resource).toEqual([
      `${ROLES}github-delivery`,
      BOUNDARY,
      'arn:aws:iam::123456789012:policy/lakewright-delivery-databases',
      'arn:aws:iam::123456789012:policy/lakewright-delivery-lake',
      'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    ]);
    expect(deny).not.toHaveProperty('Condition');
    const denied = new RegExp(`^(${deny?.Action.map((action) => action.replace('*', '.*')).join('|')})$`);
    const iam = statements()
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
      .filter((action) => action.startsWith('iam:'));
    const left = iam.filter((action) => !denied.test(action));
    expect(left.filter((action) => !/^iam:(Get|List)/.test(action))).toEqual([]);
    // Terraform reads them at every plan.
    expect(left).toEqual(expect.arrayContaining(['iam:GetRole', 'iam:GetRolePolicy', 'iam:GetPolicy', 'iam:GetPolicyVersion']));
  });

  test('its own role is the one without the boundary', () => {
    const stack = synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery));
    expect(stack.one('aws_iam_role')).toMatchObject({ name: 'github-delivery', path: '/lakewright/' });
    expect(stack.one('aws_iam_role')).not.toHaveProperty('permissions_boundary');
  });
});

test('networks, databases and replication are a policy of their own; no secret is read, no task started', () => {
  const stack = synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery));
  expect(stack.one('aws_iam_role_policy_attachment', 'delivery_databases')).toMatchObject({
    role: expect.stringContaining('aws_iam_role.delivery_role'),
    policy_arn: expect.stringContaining('aws_iam_policy.delivery_databases'),
  });
  const statements = stack.policy('aws_iam_policy', 'delivery_databases').Statement;
  const actions = [...statements, ...stack.policy('aws_iam_role_policy').Statement].flatMap(({ Action }) => Action);
  expect(actions).toEqual(expect.arrayContaining(['rds:CreateDBInstance', 'dms:CreateReplicationTask', 'ec2:CreateVpc']));
  for (const never of ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'dms:StartReplicationTask']) {
    expect(actions).not.toContain(never);
  }
  const everywhere = statements.filter(({ Resource }) => Resource === '*').map(({ Sid }) => Sid);
  expect(everywhere).toEqual(['ReadNetworks', 'ReadReplication']);
});

test('Glue, Step Functions, schedules and Athena are another: they are made, and nothing is run, asked or read', () => {
  const stack = synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery));
  expect(stack.one('aws_iam_role_policy_attachment', 'delivery_lake').policy_arn).toContain('aws_iam_policy.delivery_lake');
  const statements = stack.policy('aws_iam_policy', 'delivery_lake').Statement;
  const actions = statements.flatMap(({ Action }) => Action);
  expect(actions).toEqual(
    expect.arrayContaining([
      'glue:CreateJob',
      'glue:CreateDatabase',
      'glue:CreateSecurityConfiguration',
      'states:CreateStateMachine',
      'states:ValidateStateMachineDefinition',
      'scheduler:CreateSchedule',
      'athena:CreateWorkGroup',
      'athena:CreateNamedQuery',
    ]),
  );
  const all = [...actions, ...stack.policy('aws_iam_role_policy').Statement.flatMap(({ Action }) => Action)];
  for (const never of [
    'glue:StartJobRun',
    'glue:GetTable',
    'glue:UpdateTable',
    'states:StartExecution',
    'athena:StartQueryExecution',
    'athena:GetQueryResults',
  ])
    expect(all).not.toContain(never);
  const resources = new Map(statements.map(({ Sid, Resource }) => [Sid, Resource]));
  expect([...resources].filter(([, resource]) => resource === '*').map(([sid]) => sid)).toEqual(['SecurityConfigurations']);
  // Of a bucket it writes nothing but the files of jobs.
  expect(resources.get('Scripts')).toEqual(['arn:aws:s3:::lakewright-*-dev-123456789012/scripts/*']);
  const logs = stack.policy('aws_iam_role_policy').Statement.find(({ Sid }) => Sid === 'LogGroups');
  expect(logs?.Resource).toContain('arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/*');
});

test('it may empty buckets where the environment allows losing data', () => {
  const environment = testEnvironment({ allowDataLoss: true });
  const stack = synthesized((scope) => new GithubDelivery(scope, 'delivery', delivery), environment);
  const empty = stack.policy('aws_iam_role_policy').Statement.find(({ Sid }) => Sid === 'EmptyBuckets');
  expect(empty?.Action).toContain('s3:DeleteObjectVersion');
  expect(empty?.Resource).toContain('arn:aws:s3:::lakewright-*-dev-123456789012/*');
});

test('a repository with a wildcard', () => {
  const error = refused((scope) => new GithubDelivery(scope, 'delivery', { ...delivery, repository: 'homes/*' }));
  expect(error.code).toBe('CONSTRUCT_DELIVERY');
  expect(error.message).toContain('"homes/*"');
});
