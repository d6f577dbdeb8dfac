import { GlueEncryption } from '../../src';
import { synthesized } from '../synthesized';
import { LakeParts } from './lake-parts';

test('files, logs and bookmarks are under the key of the stack, which lets the log service in', () => {
  const stack = synthesized((scope) => {
    const { key } = new LakeParts(scope);
    new GlueEncryption(scope, 'encryption', { configurationName: 'homes', key });
  });
  const kms_key_arn = expect.stringContaining('aws_kms_key.key');
  expect(stack.one('aws_glue_security_configuration')).toMatchObject({
    name: 'homes',
    encryption_configuration: {
      cloudwatch_encryption: { cloudwatch_encryption_mode: 'SSE-KMS', kms_key_arn },
      job_bookmarks_encryption: { job_bookmarks_encryption_mode: 'CSE-KMS', kms_key_arn },
      s3_encryption: { s3_encryption_mode: 'SSE-KMS', kms_key_arn },
    },
  });
  expect(stack.policy('aws_kms_key').Statement.map(({ Sid }) => Sid)).toContain('EncryptLogGroups');
});
