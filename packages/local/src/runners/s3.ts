import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  type Event,
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  type NotificationConfiguration,
  type ObjectOwnership,
  PutBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { LakewrightError } from '@lakewright/config';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { mend, part } from './mend';
import type { ResourceRunner, Runner, RunnerContext } from './runner';
import { s3Object } from './s3-object';
import { type Block, block, blocks, jsonDocument, optionalBoolean, optionalText, tags, text, texts } from './values';

const byBucket = (resource: DeployedResource) => ({ bucket: text(resource, 'bucket') });

const bucket: ResourceRunner = {
  identity: byBucket,
  async reconcile(resource, { aws: { s3 }, local }) {
    const Bucket = text(resource, 'bucket');
    const region = local.environment.aws.region;
    const exists = await found(s3.send(new HeadBucketCommand({ Bucket })));
    if (!exists) {
      // S3 refuses us-east-1 as a constraint: it is the absence of one.
      const place = region === 'us-east-1' ? {} : { LocationConstraint: region as BucketLocationConstraint };
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: place }));
    }
    const TagSet = Object.entries(tags(resource)).map(([Key, Value]) => ({ Key, Value }));
    const tagged = await found(s3.send(new GetBucketTaggingCommand({ Bucket })));
    const tagging = await mend(tagged?.TagSet ?? [], TagSet, () =>
      TagSet.length > 0
        ? s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
        : s3.send(new DeleteBucketTaggingCommand({ Bucket })),
    );
    return exists ? part(tagging) : 'created';
  },
  async remove({ identity, forceDestroy, address }, { aws: { s3 } }) {
    const Bucket = identity.bucket!;
    if (!(await found(s3.send(new HeadBucketCommand({ Bucket }))))) return;
    if (forceDestroy) await emptyBucket(s3, Bucket);
    else await requireEmpty(s3, Bucket, address);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  },
};

async function requireEmpty(s3: S3Client, Bucket: string, address: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
  if (Versions.length + DeleteMarkers.length === 0) return;
  throw new LakewrightError('LOCAL_BUCKET_NOT_EMPTY', `${address} has left the stacks, but its bucket ${Bucket} holds objects`, {
    hint: 'deploy it with forceDestroy first, or empty it, or bring the resource back; lakewright down --purge forgets everything',
  });
}

async function emptyBucket(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key: Key!,
      VersionId,
    }));
    if (Objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}

const versioning: ResourceRunner = {
  identity: byBucket,
  async reconcile(resource, { aws: { s3 } }) {
    const Bucket = text(resource, 'bucket');
    const Status = optionalText(block(resource.values, 'versioning_configuration') ?? {}, 'status');
    // A bucket that never had versions cannot be told to have none; Terraform leaves it alone as well.
    if (Status !== 'Enabled' && Status !== 'Suspended') return 'unchanged';
    const actual = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return mend(actual.Status ? { Status: actual.Status } : undefined, { Status }, () =>
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })),
    );
  },
  async remove({ identity }, { aws: { s3 } }) {
    const Bucket = identity.bucket!;
    await found(s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } })));
  },
};

const ownership: ResourceRunner = {
  identity: byBucket,
  async reconcile(resource, { aws: { s3 } }) {
    const Bucket = text(resource, 'bucket');
    const Rules = blocks(resource.values, 'rule').map((rule) => ({ ObjectOwnership: rule.object_ownership as ObjectOwnership }));
    const actual = await found(s3.send(new GetBucketOwnershipControlsCommand({ Bucket })));
    return mend(actual?.OwnershipControls, { Rules }, () =>
      s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } })),
    );
  },
  async remove({ identity }, { aws: { s3 } }) {
    await found(s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket: identity.bucket! })));
  },
};

const publicAccessBlock: ResourceRunner = {
  identity: byBucket,
  async reconcile(resource, { aws: { s3 } }) {
    const Bucket = text(resource, 'bucket');
    const wanted = {
      BlockPublicAcls: optionalBoolean(resource.values, 'block_public_acls') ?? false,
      BlockPublicPolicy: optionalBoolean(resource.values, 'block_public_policy') ?? false,
      IgnorePublicAcls: optionalBoolean(resource.values, 'ignore_public_acls') ?? false,
      RestrictPublicBuckets: optionalBoolean(resource.values, 'restrict_public_buckets') ?? false,
    };
    const actual = await found(s3.send(new GetPublicAccessBlockCommand({ Bucket })));
    return mend(actual?.PublicAccessBlockConfiguration, wanted, () =>
      s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: wanted })),
    );
  },
  async remove({ identity }, { aws: { s3 } }) {
    await found(s3.send(new DeletePublicAccessBlockCommand({ Bucket: identity.bucket! })));
  },
};

const encryption: ResourceRunner = {
  limits: 'objects carry the encryption headers; their bytes on disk are plain',
  identity: byBucket,
  async reconcile(resource, { aws: { s3 } }) {
    const Bucket = text(resource, 'bucket');
    const Rules = blocks(resource.values, 'rule').map(encryptionRule);
    const actual = await found(s3.send(new GetBucketEncryptionCommand({ Bucket })));
    return mend(actual?.ServerSideEncryptionConfiguration, { Rules }, () =>
      s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } })),
    );
  },
  async remove({ identity }, { aws: { s3 } }) {
    await found(s3.send(new DeleteBucketEncryptionCommand({ Bucket: identity.bucket! })));
  },
};

function encryptionRule(rule: Block): ServerSideEncryptionRule {
  const standard = block(rule, 'apply_server_side_encryption_by_default') ?? {};
  return {
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: (optionalText(standard, 'sse_algorithm') ?? 'AES256') as 'AES256' | 'aws:kms',
      KMSMasterKeyID: optionalText(standard, 'kms_master_key_id'),
    },
    BucketKeyEnabled: optionalBoolean(rule, 'bucket_key_enabled'),
  };
}

const policy: ResourceRunner = {
  limits: 'kept and returned; requests are not checked against it',
  identity: byBucket,
  async reconcile(resource, { aws: { s3 } }) {
    const Bucket = text(resource, 'bucket');
    const Policy = jsonDocument(text(resource, 'policy'))!;
    const actual = await found(s3.send(new GetBucketPolicyCommand({ Bucket })));
    return mend(actual?.Policy, Policy, () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy })));
  },
  async remove({ identity }, { aws: { s3 } }) {
    await found(s3.send(new DeleteBucketPolicyCommand({ Bucket: identity.bucket! })));
  },
};

const notification: ResourceRunner = {
  identity: byBucket,
  async reconcile(resource, { aws: { s3 } }: RunnerContext) {
    const Bucket = text(resource, 'bucket');
    const wanted = notificationConfiguration(resource.values);
    const actual = comparable(await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })));
    const present = actual.targets.length > 0 || actual.bridge === 'on' ? actual : undefined;
    return mend(present, comparable(wanted), () =>
      s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: wanted })),
    );
  },
  async remove({ identity }, { aws: { s3 } }) {
    const Bucket = identity.bucket!;
    await found(s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} })));
  },
};

/** In a shape to compare: every kind of destination and every filter named, so that one that should not be there is seen. */
function comparable(configuration: NotificationConfiguration) {
  const targets = [
    ...(configuration.QueueConfigurations ?? []).map((target) => ({ ...target, arn: target.QueueArn })),
    ...(configuration.TopicConfigurations ?? []).map((target) => ({ ...target, arn: target.TopicArn })),
    ...(configuration.LambdaFunctionConfigurations ?? []).map((target) => ({ ...target, arn: target.LambdaFunctionArn })),
  ].map(({ Id, arn, Events, Filter }) => ({
    Id,
    arn,
    Events,
    filter: (Filter?.Key?.FilterRules ?? []).map(({ Name, Value }) => `${Name?.toLowerCase()}=${Value}`),
  }));
  return { targets, bridge: configuration.EventBridgeConfiguration ? 'on' : 'off' };
}

function notificationConfiguration(values: Block): NotificationConfiguration {
  const common = (target: Block) => {
    const rules = [
      { Name: 'prefix' as const, Value: optionalText(target, 'filter_prefix') },
      { Name: 'suffix' as const, Value: optionalText(target, 'filter_suffix') },
    ].filter(({ Value }) => Value !== undefined);
    return {
      Id: optionalText(target, 'id'),
      Events: texts(target, 'events') as Event[],
      ...(rules.length > 0 ? { Filter: { Key: { FilterRules: rules } } } : {}),
    };
  };
  return {
    QueueConfigurations: blocks(values, 'queue').map((target) => ({ ...common(target), QueueArn: target.queue_arn as string })),
    TopicConfigurations: blocks(values, 'topic').map((target) => ({ ...common(target), TopicArn: target.topic_arn as string })),
    LambdaFunctionConfigurations: blocks(values, 'lambda_function').map((target) => ({
      ...common(target),
      LambdaFunctionArn: target.lambda_function_arn as string,
    })),
    ...(optionalBoolean(values, 'eventbridge') ? { EventBridgeConfiguration: {} } : {}),
  };
}

/** Buckets and what belongs to them. */
export const s3Runner: Runner = {
  family: 's3',
  resources: {
    aws_s3_bucket: bucket,
    aws_s3_bucket_versioning: versioning,
    aws_s3_bucket_ownership_controls: ownership,
    aws_s3_bucket_public_access_block: publicAccessBlock,
    aws_s3_bucket_server_side_encryption_configuration: encryption,
    aws_s3_bucket_policy: policy,
    aws_s3_bucket_notification: notification,
    aws_s3_object: s3Object,
  },
};
