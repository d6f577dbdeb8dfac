import type { S3AccessProps } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { accessOf } from './lake';

const ROLE = 'arn:aws:iam::123456789012:role/lakewright/unity-catalog-homes_lake';

test('the credential is told a role that does not exist yet', () => {
  const stack = synthesized((scope) => accessOf(scope));
  expect(stack.one('databricks_storage_credential')).toMatchObject({
    name: 'homes_lake',
    aws_iam_role: { role_arn: ROLE },
    skip_validation: true,
    isolation_mode: 'ISOLATION_MODE_ISOLATED',
    force_destroy: false,
  });
  const role = stack.one('aws_iam_role');
  expect(`arn:aws:iam::123456789012:role${role.path}${role.name}`).toBe(ROLE);
});

test('the role trusts Unity Catalog with the external id, and itself, and nobody else', () => {
  const statements = synthesized((scope) => accessOf(scope)).policy('aws_iam_role', '', 'assume_role_policy').Statement;
  const externalId = { 'sts:ExternalId': expect.stringMatching(/^\$\{databricks_storage_credential\..*external_id\}$/) };
  expect(statements.map(({ Principal, Condition }) => [Principal, Condition])).toEqual([
    [{ AWS: ['arn:aws:iam::414351767826:role/uc-master'] }, { StringEquals: externalId }],
    [{ AWS: ['arn:aws:iam::123456789012:root'] }, { StringEquals: externalId, ArnEquals: { 'aws:PrincipalArn': ROLE } }],
  ]);
});

test('the location comes when AWS has had time to know the role, and is checked', () => {
  const stack = synthesized((scope) => accessOf(scope, { propagationSeconds: 5 }), testEnvironment({ providers: 'registry' }));
  const [pause] = stack.all('terraform_data');
  expect(pause?.depends_on).toEqual([expect.stringContaining('aws_iam_role.'), expect.stringContaining('aws_iam_role_policy.')]);
  expect(JSON.stringify(pause)).toContain('setTimeout(() => {}, 5000)');
  const location = stack.one('databricks_external_location');
  expect(location).toMatchObject({
    name: 'homes_lake',
    url: 's3://homes-lake',
    read_only: false,
    fallback: false,
    depends_on: [expect.stringContaining('terraform_data.')],
  });
  expect(location).not.toHaveProperty('skip_validation');
});

test('the stand-ins plan the pause and do not take it', () => {
  const [pause] = synthesized((scope) => accessOf(scope)).all('terraform_data');
  expect(JSON.stringify(pause)).toContain('setTimeout(() => {}, 0)');
});

test('where no AWS answers there is nothing to wait for', () => {
  const { aws } = testEnvironment();
  const local = testEnvironment({ name: 'local', aws: { ...aws, endpoint: 'http://127.0.0.1:4566' } });
  const stack = synthesized((scope) => accessOf(scope), local);
  expect(stack.all('terraform_data')).toEqual([]);
  expect(stack.one('databricks_external_location').depends_on).toEqual([
    expect.stringContaining('aws_iam_role.'),
    expect.stringContaining('aws_iam_role_policy.'),
  ]);
});

test('reading a folder: neither side can write, nor see other folders, and Databricks knows who may', () => {
  const { analysts } = testEnvironment().principals;
  const grants = [{ principal: analysts, privileges: ['READ_FILES'] }] as const;
  const stack = synthesized((scope) => accessOf(scope, { access: 'read', prefix: 'in/', grants }));
  const statements = stack.policy('aws_iam_role_policy').Statement;
  expect(statements.flatMap(({ Action }) => Action)).toEqual([
    'sts:AssumeRole',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:ListBucket',
    'kms:Decrypt',
    's3:GetBucketLocation',
  ]);
  expect(statements[0]?.Resource).toEqual([ROLE]);
  expect(statements[1]?.Resource).toEqual([expect.stringMatching(/\.arn\}\/in\/\*$/)]);
  expect(stack.one('databricks_external_location')).toMatchObject({ url: 's3://homes-lake/in', read_only: true });
  expect(stack.one('databricks_storage_credential').read_only).toBe(true);
  expect(stack.one('databricks_grants').grant).toEqual([{ principal: 'ann@example.com', privileges: ['READ_FILES'] }]);
});

test('managed storage: objects and the key can be written', () => {
  const actions = synthesized((scope) => accessOf(scope))
    .policy('aws_iam_role_policy')
    .Statement.flatMap(({ Action }) => Action);
  expect(actions).toEqual(expect.arrayContaining(['s3:PutObject', 's3:DeleteObject', 'kms:GenerateDataKey']));
});

test('both keys to losing data turned', () => {
  const environment = testEnvironment({ allowDataLoss: true });
  const stack = synthesized((scope) => accessOf(scope, { mayLoseData: true }), environment);
  expect(stack.one('databricks_external_location').force_destroy).toBe(true);
});

test.each<[Partial<S3AccessProps>, string, string]>([
  [{ accessName: 'Homes-Lake' }, 'CONSTRUCT_S3_ACCESS_NAME', '"Homes-Lake"'],
  [{ accessName: 'h'.repeat(60) }, 'CONSTRUCT_S3_ACCESS_NAME', '50 at most'],
  [{ prefix: 'in' }, 'CONSTRUCT_S3_ACCESS_PREFIX', '"in"'],
  [{ prefix: '/in/' }, 'CONSTRUCT_S3_ACCESS_PREFIX', '"/in/"'],
])('refused: %j', (props, code, message) => {
  const error = refused((scope) => accessOf(scope, props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
});
