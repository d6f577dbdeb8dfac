import { DELIVERY_ROLE } from '@lakewright/config';
import type { LakewrightStack } from '../lakewright-stack';
import { DELIVERY_DATABASES, named } from './delivery-databases';
import { DELIVERY_LAKE } from './delivery-lake';
import { DMS_ROLES } from './dms-account-roles';
import { boundaryArn, iamArn, roleArn } from './iam-names';
import { EveryResource, type PolicyStatement } from './policy';

/** Whom the account trusts for jobs of GitHub Actions. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

/**
 * What `terraform apply` and `destroy` call for the resources that the constructs make, service by service, inside one account
 * and region. A new resource type in a construct needs its actions here, and an administrator to deploy the foundation with
 * them: the role cannot give itself more.
 */
export function deliveryPermissions(stack: LakewrightStack): PolicyStatement[] {
  const { aws, name, allowDataLoss } = stack.environment;
  const local = (service: string, resource: string) =>
    `arn:${aws.partition}:${service}:${aws.region}:${aws.accountId}:${resource}`;
  const buckets = [`arn:${aws.partition}:s3:::lakewright-*-${name}-${aws.accountId}`];
  return [
    ...statePermissions(stack),
    { sid: 'Buckets', actions: BUCKET, resources: buckets },
    ...(allowDataLoss
      ? [{ sid: 'EmptyBuckets', actions: EMPTY_BUCKET, resources: [...buckets, ...buckets.map((bucket) => `${bucket}/*`)] }]
      : []),
    {
      sid: 'AccountPublicAccess',
      actions: ['s3:GetAccountPublicAccessBlock', 's3:PutAccountPublicAccessBlock'],
      resources: new EveryResource('the setting belongs to the account'),
    },
    {
      sid: 'CreateKeys',
      actions: ['kms:CreateKey', 'kms:ListAliases'],
      resources: new EveryResource('a key has no ARN before it exists, and aliases are listed for the account'),
    },
    {
      sid: 'Keys',
      actions: KEY,
      resources: [local('kms', 'key/*'), local('kms', 'alias/lakewright-*')],
    },
    { sid: 'Queues', actions: QUEUE, resources: [local('sqs', '*')] },
    { sid: 'Topics', actions: TOPIC, resources: [local('sns', '*')] },
    {
      sid: 'Functions',
      actions: FUNCTION,
      resources: [local('lambda', 'function:*'), local('lambda', 'event-source-mapping:*')],
    },
    {
      sid: 'EventSources',
      actions: ['lambda:CreateEventSourceMapping', 'lambda:ListEventSourceMappings'],
      resources: new EveryResource('an event source mapping has no ARN before it exists'),
    },
    // Terraform invokes what prepares a database when that is deployed.
    { sid: 'InvokeAtDeployment', actions: ['lambda:InvokeFunction'], resources: [local('lambda', 'function:*')] },
    {
      sid: 'LogGroups',
      actions: LOG_GROUP,
      resources: ['/aws/lambda/*', '/aws/rds/*', '/aws/vendedlogs/states/*', '/lakewright/*', 'dms-tasks-*'].map((name) =>
        local('logs', `log-group:${name}`),
      ),
    },
    {
      sid: 'ListLogGroups',
      actions: ['logs:DescribeLogGroups'],
      resources: new EveryResource('log groups are listed for the account'),
    },
    { sid: 'Alarms', actions: ALARM, resources: [local('cloudwatch', 'alarm:*')] },
    {
      sid: 'Dashboards',
      actions: DASHBOARD,
      // Dashboards belong to the account, not to a region.
      resources: [`arn:${aws.partition}:cloudwatch::${aws.accountId}:dashboard/lakewright-*`],
    },
    { sid: 'Budget', actions: BUDGET, resources: [`arn:${aws.partition}:budgets::${aws.accountId}:budget/lakewright-*`] },
    ...rolePermissions(stack),
  ];
}

/**
 * Roles on the project's path. What a role can do is set only while the boundary holds for it (IAM User Guide, "Delegating
 * responsibility to others using permissions boundaries"); without the right to take a boundary away, it stays.
 */
function rolePermissions(stack: LakewrightStack): PolicyStatement[] {
  const roles = [roleArn(stack, '*')];
  const boundary = boundaryArn(stack);
  const provider = iamArn(stack, `oidc-provider/${GITHUB_ISSUER}`);
  const own = [DELIVERY_DATABASES, DELIVERY_LAKE].map((policy) => iamArn(stack, `policy/${policy}`));
  return [
    { sid: 'Roles', actions: ROLE, resources: roles },
    {
      sid: 'BoundedRoles',
      actions: BOUNDED_ROLE,
      resources: roles,
      conditions: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    {
      sid: 'PassRoles',
      actions: ['iam:PassRole'],
      resources: roles,
      conditions: { StringEquals: { 'iam:PassedToService': rolesGoTo(stack) } },
    },
    {
      sid: 'RoleOfDatabases',
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [iamArn(stack, 'role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS')],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'rds.amazonaws.com' } },
    },
    {
      sid: 'ReadRolesOfDms',
      actions: READ_ROLE,
      resources: Object.values(DMS_ROLES).map(({ name }) => iamArn(stack, `role/${name}`)),
    },
    { sid: 'ReadBoundary', actions: READ_POLICY, resources: [boundary, ...own] },
    { sid: 'ReadIdentityProvider', actions: ['iam:GetOpenIDConnectProvider'], resources: [provider] },
    {
      // Its own role lies on the path too. Whatever is allowed above or added later: these are read only.
      sid: 'KeepWhatLimitsIt',
      effect: 'Deny',
      actions: CHANGE,
      resources: [roleArn(stack, DELIVERY_ROLE), boundary, ...own, provider],
    },
  ];
}

/** Services that work with a role of the project. */
function rolesGoTo({ environment }: LakewrightStack): string[] {
  return [
    'lambda.amazonaws.com',
    'monitoring.rds.amazonaws.com',
    'vpc-flow-logs.amazonaws.com',
    'glue.amazonaws.com',
    'states.amazonaws.com',
    'scheduler.amazonaws.com',
    'dms.amazonaws.com',
    `dms.${environment.aws.region}.amazonaws.com`,
  ];
}

/** The state in S3, of this environment only; nothing where the state is elsewhere. */
function statePermissions({ environment }: LakewrightStack): PolicyStatement[] {
  const { aws, backend, name } = environment;
  if (backend.type !== 's3') return [];
  const bucket = `arn:${aws.partition}:s3:::${backend.bucket}`;
  const objects = ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'];
  const key = backend.kmsKeyId;
  return [
    {
      sid: 'ListState',
      actions: ['s3:ListBucket'],
      resources: [bucket],
      conditions: { StringLike: { 's3:prefix': [name, `${name}/*`] } },
    },
    { sid: 'State', actions: objects, resources: [`${bucket}/${name}/*`] },
    ...(key ? [{ sid: 'StateKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key] }] : []),
  ];
}

const BUCKET = named(
  's3',
  `CreateBucket DeleteBucket DeleteBucketOwnershipControls DeleteBucketPolicy GetAccelerateConfiguration GetBucketAcl GetBucketCORS
  GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls
  GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
  GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket ListTagsForResource
  PutBucketLogging PutBucketNotification PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging
  PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration TagResource UntagResource`,
);
const EMPTY_BUCKET = named('s3', 'DeleteObject DeleteObjectVersion ListBucketVersions');
const KEY = named(
  'kms',
  `CreateAlias CreateGrant Decrypt DeleteAlias DescribeKey DisableKeyRotation EnableKeyRotation Encrypt GenerateDataKey
  GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias
  UpdateKeyDescription`,
);
const QUEUE = named(
  'sqs',
  'CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue',
);
const TOPIC = named(
  'sns',
  `CreateTopic DeleteTopic GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource
  SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource`,
);
const FUNCTION = named(
  'lambda',
  `CreateFunction DeleteEventSourceMapping DeleteFunction DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig
  GetEventSourceMapping GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration
  GetFunctionEventInvokeConfig ListTags ListVersionsByFunction PutFunctionConcurrency PutFunctionEventInvokeConfig TagResource
  UntagResource UpdateEventSourceMapping UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionEventInvokeConfig`,
);
const LOG_GROUP = named(
  'logs',
  'AssociateKmsKey CreateLogGroup DeleteLogGroup DisassociateKmsKey ListTagsForResource PutRetentionPolicy TagResource UntagResource',
);
const ALARM = named('cloudwatch', 'DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource');
const DASHBOARD = named('cloudwatch', 'DeleteDashboards GetDashboard PutDashboard');
const BUDGET = named('budgets', 'ListTagsForResource ModifyBudget TagResource UntagResource ViewBudget');
const ROLE = named(
  'iam',
  `DeleteRole GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags TagRole
  UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`,
);
/** Those whose condition keys tell the role's boundary, or the one it gets (Service Authorization Reference, IAM). */
const BOUNDED_ROLE = named('iam', 'CreateRole DeleteRolePolicy PutRolePermissionsBoundary PutRolePolicy');
const READ_ROLE = named('iam', 'GetRole ListAttachedRolePolicies ListRolePolicies ListRoleTags');
const READ_POLICY = named('iam', 'GetPolicy GetPolicyVersion ListPolicyVersions');
/** Everything of IAM that is not reading. */
const CHANGE = named('iam', 'Add* Attach* Create* Delete* Detach* Pass* Put* Remove* Set* Tag* Untag* Update*');
