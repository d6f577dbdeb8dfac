import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { found } from '../aws/found';
import { combined, mend, part } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { jsonDocument, optionalNumber, optionalText, tags, text } from './values';

const LIMITS = 'kept and returned; requests are not checked against it';

const role: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ name: text(resource, 'name') }),
  async reconcile(resource, { aws: { iam } }) {
    const RoleName = text(resource, 'name');
    const AssumeRolePolicyDocument = jsonDocument(text(resource, 'assume_role_policy'))!;
    const PermissionsBoundary = optionalText(resource.values, 'permissions_boundary');
    const existing = await found(iam.send(new GetRoleCommand({ RoleName })));
    if (!existing) {
      await iam.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument,
          PermissionsBoundary,
          Path: optionalText(resource.values, 'path'),
          Description: optionalText(resource.values, 'description'),
          MaxSessionDuration: optionalNumber(resource.values, 'max_session_duration'),
          Tags: Object.entries(tags(resource)).map(([Key, Value]) => ({ Key, Value })),
        }),
      );
      return 'created';
    }
    return combined(
      await mend(plain(existing.Role?.AssumeRolePolicyDocument), AssumeRolePolicyDocument, () =>
        iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: AssumeRolePolicyDocument })),
      ),
      await mend(existing.Role?.PermissionsBoundary?.PermissionsBoundaryArn ?? '', PermissionsBoundary, () =>
        setBoundary(iam, RoleName, PermissionsBoundary),
      ),
    );
  },
  async remove({ identity }, { aws: { iam } }) {
    await found(iam.send(new DeleteRoleCommand({ RoleName: identity.name! })));
  },
};

function setBoundary(iam: IAMClient, RoleName: string, PermissionsBoundary: string | undefined): Promise<unknown> {
  return PermissionsBoundary
    ? iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }))
    : iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
}

const rolePolicy: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ role: text(resource, 'role'), name: text(resource, 'name') }),
  async reconcile(resource, { aws: { iam } }) {
    const names = { RoleName: text(resource, 'role'), PolicyName: text(resource, 'name') };
    const PolicyDocument = jsonDocument(text(resource, 'policy'))!;
    const actual = await found(iam.send(new GetRolePolicyCommand(names)));
    return mend(actual && plain(actual.PolicyDocument), PolicyDocument, () =>
      iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument })),
    );
  },
  async remove({ identity }, { aws: { iam } }) {
    await found(iam.send(new DeleteRolePolicyCommand({ RoleName: identity.role!, PolicyName: identity.name! })));
  },
};

const policy: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ arn: text(resource, 'arn') }),
  async reconcile(resource, { aws: { iam } }) {
    const PolicyArn = text(resource, 'arn');
    const PolicyDocument = jsonDocument(text(resource, 'policy'))!;
    const existing = await found(iam.send(new GetPolicyCommand({ PolicyArn })));
    if (!existing) {
      const PolicyName = text(resource, 'name');
      await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Path: optionalText(resource.values, 'path') }));
      return 'created';
    }
    const VersionId = existing.Policy?.DefaultVersionId;
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return part(
      await mend(plain(version.PolicyVersion?.Document) ?? '', PolicyDocument, async () => {
        // A policy keeps at most five versions; those that are not in force serve nobody here.
        await deleteOtherVersions(iam, PolicyArn);
        await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
      }),
    );
  },
  async remove({ identity }, { aws: { iam } }) {
    const PolicyArn = identity.arn!;
    if (!(await found(iam.send(new GetPolicyCommand({ PolicyArn }))))) return;
    await deleteOtherVersions(iam, PolicyArn);
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  },
};

async function deleteOtherVersions(iam: IAMClient, PolicyArn: string): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions) {
    if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: VersionId! }));
  }
}

const attachment: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ role: text(resource, 'role'), policy: text(resource, 'policy_arn') }),
  async reconcile(resource, { aws: { iam } }) {
    const [RoleName, PolicyArn] = [text(resource, 'role'), text(resource, 'policy_arn')];
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    if (AttachedPolicies.some((attached) => attached.PolicyArn === PolicyArn)) return 'unchanged';
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    return 'created';
  },
  async remove({ identity }, { aws: { iam } }) {
    await found(iam.send(new DetachRolePolicyCommand({ RoleName: identity.role!, PolicyArn: identity.policy! })));
  },
};

/** IAM returns documents percent-encoded (docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html). */
function plain(document: string | undefined): string | undefined {
  return document?.startsWith('%7B') ? decodeURIComponent(document) : document;
}

/** Roles and policies. */
export const iamRunner: Runner = {
  family: 'iam',
  resources: {
    aws_iam_policy: policy,
    aws_iam_role: role,
    aws_iam_role_policy: rolePolicy,
    aws_iam_role_policy_attachment: attachment,
  },
};
