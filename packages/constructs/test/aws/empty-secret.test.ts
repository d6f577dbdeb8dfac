import { EmptySecret, type EmptySecretProps, type LakewrightStack, ServiceRole, StackKey } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

function secretOf(scope: LakewrightStack, props: Partial<EmptySecretProps> = {}): EmptySecret {
  const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
  return new EmptySecret(scope, 'secret', { secretName: 'lakewright/homes/dms', description: 'DMS', key, ...props });
}

test('encrypted with our key, without a value, and back for thirty days after it was destroyed', () => {
  const stack = synthesized((scope) => secretOf(scope));
  expect(stack.one('aws_secretsmanager_secret')).toMatchObject({
    name: 'lakewright/homes/dms',
    kms_key_id: expect.stringContaining('aws_kms_key'),
    recovery_window_in_days: 30,
  });
  expect(stack.all('aws_secretsmanager_secret_version')).toEqual([]);
});

test.each([
  [true, true, 0],
  [true, false, 30],
  [false, true, 30],
])('gone at once takes both keys: environment %s, secret %s', (allowDataLoss, mayLoseData, days) => {
  const stack = synthesized((scope) => secretOf(scope, { mayLoseData }), testEnvironment({ allowDataLoss }));
  expect(stack.one('aws_secretsmanager_secret').recovery_window_in_days).toBe(days);
});

test('reading and writing are granted one by one, for this secret and its key', () => {
  const stack = synthesized((scope) => {
    const trust = [{ sid: 'Trust', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }];
    const role = new ServiceRole(scope, 'role', { roleName: 'r', description: 'r', trust });
    const secret = secretOf(scope);
    secret.grantRead(role);
    secret.grantWrite(role);
  });
  const secret = [expect.stringMatching(/^\$\{aws_secretsmanager_secret\..*\.arn\}$/)];
  expect(stack.policy('aws_iam_role_policy').Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], secret],
    [['kms:Decrypt'], [expect.stringContaining('aws_kms_key')]],
    [['secretsmanager:PutSecretValue'], secret],
    [['kms:Decrypt', 'kms:GenerateDataKey'], [expect.stringContaining('aws_kms_key')]],
  ]);
});

test('refused: a name that the permissions boundary does not know', () => {
  const error = refused((scope) => secretOf(scope, { secretName: 'homes/dms' }));
  expect(error.code).toBe('CONSTRUCT_SECRET_NAME');
  expect(error.message).toContain('"homes/dms"');
});
