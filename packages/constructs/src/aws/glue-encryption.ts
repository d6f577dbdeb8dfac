import { GlueSecurityConfiguration } from '@cdktf/provider-aws/lib/glue-security-configuration';
import { Construct } from 'constructs';
import type { StackKey } from './stack-key';

export interface GlueEncryptionProps {
  readonly configurationName: string;
  readonly key: StackKey;
}

/** The security configuration of a system's Glue jobs: files, logs and bookmarks under the key of the stack. */
export class GlueEncryption extends Construct {
  readonly configuration: GlueSecurityConfiguration;
  readonly configurationName: string;

  constructor(scope: Construct, id: string, { configurationName, key }: GlueEncryptionProps) {
    super(scope, id);
    this.configurationName = configurationName;
    key.grantLogs();
    this.configuration = new GlueSecurityConfiguration(this, 'configuration', {
      name: configurationName,
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: 'SSE-KMS', kmsKeyArn: key.arn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: 'CSE-KMS', kmsKeyArn: key.arn },
        s3Encryption: { s3EncryptionMode: 'SSE-KMS', kmsKeyArn: key.arn },
      },
    });
  }
}
