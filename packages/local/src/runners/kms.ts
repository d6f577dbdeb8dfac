import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListAliasesCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { combined, mend, part } from './mend';
import type { Outcome, ResourceRunner, Runner } from './runner';
import { jsonDocument, optionalBoolean, optionalText, tags, text } from './values';

/** Read by the launcher of ministack, which has no other way to give a key the id that the Terraform state knows. */
const KEY_ID_TAG = 'lakewright:key-id';

const key: ResourceRunner = {
  identity: (resource) => ({ id: text(resource, 'key_id') }),
  async reconcile(resource, { aws: { kms } }) {
    const KeyId = text(resource, 'key_id');
    const Description = optionalText(resource.values, 'description') ?? '';
    const existing = await found(kms.send(new DescribeKeyCommand({ KeyId })));
    if (!existing) {
      const Tags = Object.entries({ ...tags(resource), [KEY_ID_TAG]: KeyId }).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
      await kms.send(new CreateKeyCommand({ Description, Tags }));
    }
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    const described = await mend({ Description: KeyMetadata?.Description ?? '' }, { Description }, () =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description })),
    );
    const outcome = combined(
      await keyState(kms, KeyId, resource, KeyMetadata?.KeyState),
      described,
      await keyPolicy(kms, KeyId, resource),
    );
    return existing ? part(outcome) : 'created';
  },
  async remove({ identity }, { aws: { kms } }) {
    const KeyId = identity.id!;
    const existing = await found(kms.send(new DescribeKeyCommand({ KeyId })));
    if (!existing || existing.KeyMetadata?.KeyState === 'PendingDeletion') return;
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  },
};

/** Usable, and rotated, as wanted; a key waiting for its deletion is brought back. */
async function keyState(kms: KMSClient, KeyId: string, resource: DeployedResource, state: string | undefined): Promise<Outcome> {
  let outcome: Outcome = 'unchanged';
  if (state === 'PendingDeletion') {
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    outcome = 'updated';
  }
  const enabled = optionalBoolean(resource.values, 'is_enabled') ?? true;
  if (enabled !== (state === 'Enabled')) {
    await kms.send(enabled ? new EnableKeyCommand({ KeyId }) : new DisableKeyCommand({ KeyId }));
    outcome = 'updated';
  }
  if (!optionalBoolean(resource.values, 'enable_key_rotation')) return outcome;
  const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  if (KeyRotationEnabled) return outcome;
  await kms.send(new EnableKeyRotationCommand({ KeyId }));
  return 'updated';
}

async function keyPolicy(kms: KMSClient, KeyId: string, resource: DeployedResource): Promise<Outcome> {
  const Policy = jsonDocument(optionalText(resource.values, 'policy'));
  if (!Policy) return 'unchanged';
  const actual = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  return mend(actual.Policy, Policy, () => kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy })));
}

const alias: ResourceRunner = {
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { aws: { kms } }) {
    const AliasName = text(resource, 'name');
    const target = await found(kms.send(new DescribeKeyCommand({ KeyId: text(resource, 'target_key_id') })));
    const TargetKeyId = target?.KeyMetadata?.KeyId ?? text(resource, 'target_key_id');
    const actual = await findAlias(kms, AliasName);
    return mend(actual && { TargetKeyId: actual.TargetKeyId }, { TargetKeyId }, () =>
      kms.send(actual ? new UpdateAliasCommand({ AliasName, TargetKeyId }) : new CreateAliasCommand({ AliasName, TargetKeyId })),
    );
  },
  async remove({ identity }, { aws: { kms } }) {
    if (await findAlias(kms, identity.name!)) await kms.send(new DeleteAliasCommand({ AliasName: identity.name! }));
  },
};

async function findAlias(kms: KMSClient, name: string) {
  let Marker: string | undefined;
  do {
    const page = await kms.send(new ListAliasesCommand({ Marker }));
    const match = page.Aliases?.find((one) => one.AliasName === name);
    if (match) return match;
    Marker = page.NextMarker;
  } while (Marker);
  return undefined;
}

/** Keys, with the very ids of the state, and aliases. */
export const kmsRunner: Runner = { family: 'kms', resources: { aws_kms_key: key, aws_kms_alias: alias } };
