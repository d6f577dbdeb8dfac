import { X509Certificate } from 'node:crypto';
import { rdsRootCertificate } from '../../src/aws/dms-mysql-source';
import { refused, synthesized } from '../synthesized';
import { Replicated } from './replicated';

test('by a secret that is filled, its server verified by the root of RDS in the region', () => {
  const stack = synthesized((scope) => new Replicated(scope).source());
  const endpoint = stack.one('aws_dms_endpoint');
  expect(endpoint).toMatchObject({
    endpoint_id: 'homes-source',
    endpoint_type: 'source',
    engine_name: 'mysql',
    ssl_mode: 'verify-full',
    certificate_arn: expect.stringContaining('aws_dms_certificate'),
    secrets_manager_arn: expect.stringContaining('aws_secretsmanager_secret.secret'),
    secrets_manager_access_role_arn: expect.stringContaining('aws_iam_role.source_secret_role'),
    depends_on: expect.arrayContaining([expect.stringContaining('aws_secretsmanager_secret.secret')]),
  });
  // The service takes a secret or these, not both.
  for (const name of ['username', 'password', 'server_name', 'port']) expect(endpoint).not.toHaveProperty(name);
  const { subject } = new X509Certificate(stack.one('aws_dms_certificate').certificate_pem as string);
  expect(subject).toContain('CN=Amazon RDS eu-west-1 Root CA RSA2048 G1');
});

test("the region's DMS of this account reads this secret, and nobody else", () => {
  const stack = synthesized((scope) => new Replicated(scope).source());
  const [trust] = stack.policy('aws_iam_role', 'source', 'assume_role_policy').Statement;
  expect(trust).toMatchObject({
    Principal: { Service: ['dms.eu-west-1.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  });
  expect(stack.policy('aws_iam_role_policy', 'source').Statement.flatMap(({ Action }) => Action)).toEqual([
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'kms:Decrypt',
  ]);
});

test('refused: a region that RDS signs nothing for, and a name that cannot end an ARN', () => {
  expect(refused(() => rdsRootCertificate('xx-north-9'))).toMatchObject({ code: 'CONSTRUCT_RDS_CERTIFICATE' });
  const error = refused((scope) => new Replicated(scope).source('Homes'));
  expect(error.code).toBe('CONSTRUCT_DMS_IDENTIFIER');
  expect(error.message).toContain('endpointName');
});
