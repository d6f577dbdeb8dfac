import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { found } from './found';

/** Read by the launcher of ministack: a new secret gets the ARN that the Terraform state knows. */
const ARN_TAG = 'lakewright:secret-arn';

export interface NewSecret {
  readonly arn: string;
  readonly description?: string;
  readonly kmsKeyId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The name of a secret, by its ARN: six characters after it are drawn. */
export function secretName(arn: string): string {
  return arn.slice(arn.indexOf(':secret:') + ':secret:'.length, -'-123456'.length);
}

export function describeSecret(secrets: SecretsManagerClient, arn: string): Promise<DescribeSecretCommandOutput | undefined> {
  return found(secrets.send(new DescribeSecretCommand({ SecretId: arn })));
}

/** Creates a secret without a value. */
export async function createSecret(
  secrets: SecretsManagerClient,
  { arn, description, kmsKeyId, tags = {} }: NewSecret,
): Promise<void> {
  const Tags = Object.entries({ ...tags, [ARN_TAG]: arn }).map(([Key, Value]) => ({ Key, Value }));
  await secrets.send(new CreateSecretCommand({ Name: secretName(arn), Description: description, KmsKeyId: kmsKeyId, Tags }));
}

/** The current value; undefined where the secret, or its value, does not exist. */
export async function secretValue(secrets: SecretsManagerClient, arn: string): Promise<string | undefined> {
  return (await found(secrets.send(new GetSecretValueCommand({ SecretId: arn }))))?.SecretString;
}

export async function putSecretValue(secrets: SecretsManagerClient, arn: string, value: string): Promise<void> {
  await secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));
}

/** Removes a secret: for good, or with the least time in which it can be brought back. */
export async function deleteSecret(secrets: SecretsManagerClient, arn: string, forGood: boolean): Promise<void> {
  const existing = await describeSecret(secrets, arn);
  if (!existing || (existing.DeletedDate && !forGood)) return;
  const how = forGood ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: 7 };
  await secrets.send(new DeleteSecretCommand({ SecretId: arn, ...how }));
}
