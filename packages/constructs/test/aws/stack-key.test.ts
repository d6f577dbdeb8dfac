import { ServiceRole, StackKey } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';

test('a rotated key that cannot be destroyed, administered and used by policies of the account', () => {
  const stack = synthesized((scope) => new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' }));
  expect(stack.one('aws_kms_key')).toMatchObject({
    description: 'Homes',
    enable_key_rotation: true,
    deletion_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
  expect(stack.one('aws_kms_alias').name).toBe('alias/lakewright-homes');
  const { Statement } = stack.policy('aws_kms_key');
  expect(Statement.map(({ Sid }) => Sid)).toEqual(['AdministerByIamPolicy', 'UseByIamPolicy', 'GrantToServicesByIamPolicy']);
  expect(Statement.every(({ Principal }) => Principal?.AWS?.[0] === 'arn:aws:iam::123456789012:root')).toBe(true);
  expect(Statement[0]?.Action).not.toContain('kms:Decrypt');
});

test('both keys to losing data turned', () => {
  const stack = synthesized(
    (scope) => new StackKey(scope, 'key', { description: 'Homes', alias: 'homes', mayLoseData: true }),
    testEnvironment({ allowDataLoss: true }),
  );
  expect(stack.one('aws_kms_key')).toMatchObject({ deletion_window_in_days: 7, lifecycle: { prevent_destroy: false } });
});

test('services get in one by one, and once', () => {
  const stack = synthesized((scope) => {
    const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
    key.grantLogs();
    key.grantDelivery('s3.amazonaws.com');
    key.grantDelivery('s3.amazonaws.com');
    key.grantDelivery('cloudwatch.amazonaws.com');
  });
  const services = stack.policy('aws_kms_key').Statement.filter(({ Principal }) => Principal?.Service);
  expect(services.map(({ Sid, Principal }) => [Sid, Principal?.Service])).toEqual([
    ['EncryptLogGroups', ['logs.eu-west-1.amazonaws.com']],
    ['DeliverFromS3', ['s3.amazonaws.com']],
    ['DeliverFromCloudwatch', ['cloudwatch.amazonaws.com']],
  ]);
  expect(services[0]?.Condition).toEqual({
    ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:eu-west-1:123456789012:log-group:*' },
  });
});

test('a principal is granted to decrypt, or to encrypt too, with this key only', () => {
  const stack = synthesized((scope) => {
    const key = new StackKey(scope, 'key', { description: 'Homes', alias: 'homes' });
    const trust = [{ sid: 'Trust', principals: { services: ['lambda.amazonaws.com'] }, actions: ['sts:AssumeRole'] }];
    const role = new ServiceRole(scope, 'role', { roleName: 'r', description: 'r', trust });
    key.grantDecrypt(role);
    key.grantEncryptDecrypt(role);
  });
  const statements = stack.policy('aws_iam_role_policy').Statement;
  expect(statements.map(({ Action }) => Action)).toEqual([['kms:Decrypt'], ['kms:Decrypt', 'kms:GenerateDataKey']]);
  for (const { Resource } of statements) expect(Resource).toEqual([expect.stringMatching(/^\$\{aws_kms_key\.key.*\.arn\}$/)]);
});

test('an alias KMS refuses', () => {
  const error = refused((scope) => new StackKey(scope, 'key', { description: '', alias: 'my homes' }));
  expect(error.code).toBe('CONSTRUCT_KEY_ALIAS');
  expect(error.message).toContain('"my homes"');
});
