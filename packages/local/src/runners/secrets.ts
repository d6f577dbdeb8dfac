import { RestoreSecretCommand, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createSecret, deleteSecret, describeSecret } from '../aws/secret';
import { mend, part } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { optionalNumber, optionalText, tags, text } from './values';

const secret: ResourceRunner = {
  limits: 'values lie unencrypted below the home folder, readable by its user alone; nothing rotates them',
  identity: (resource) => ({ arn: text(resource, 'arn') }),
  allowsDataLoss: ({ values }) => optionalNumber(values, 'recovery_window_in_days') === 0,
  async reconcile(resource, { aws: { secrets } }) {
    const arn = text(resource, 'arn');
    const Description = optionalText(resource.values, 'description') ?? '';
    const KmsKeyId = optionalText(resource.values, 'kms_key_id');
    const existing = await describeSecret(secrets, arn);
    if (!existing) {
      await createSecret(secrets, { arn, description: Description, kmsKeyId: KmsKeyId, tags: tags(resource) });
      return 'created';
    }
    // It was removed, and is wanted again before its time has run out.
    if (existing.DeletedDate) await secrets.send(new RestoreSecretCommand({ SecretId: arn }));
    const actual = { Description: existing.Description ?? '', KmsKeyId: existing.KmsKeyId ?? '' };
    const settings = await mend(actual, { Description, KmsKeyId: KmsKeyId ?? '' }, () =>
      secrets.send(new UpdateSecretCommand({ SecretId: arn, Description, KmsKeyId })),
    );
    return existing.DeletedDate ? 'updated' : part(settings);
  },
  async remove({ identity, forceDestroy }, { aws: { secrets } }) {
    await deleteSecret(secrets, identity.arn!, forceDestroy);
  },
};

/** Secrets, with the very ARNs of the state. Their values come from what runs, never from a state. */
export const secretsRunner: Runner = { family: 'secrets manager', resources: { aws_secretsmanager_secret: secret } };
