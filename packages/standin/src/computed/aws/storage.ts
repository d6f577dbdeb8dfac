import { createHash } from 'node:crypto';
import type { Rules } from '../rule';

const OF_BUCKET: Rules = { id: '{bucket}' };

/** Amazon S3 and DynamoDB. Shapes: the Attribute Reference of each resource in the provider's documentation (registry.terraform.io, hashicorp/aws). */
export const STORAGE: Readonly<Record<string, Rules>> = {
  aws_s3_bucket: {
    bucket: (it) => `${it.text('bucket_prefix') || 'terraform-'}${it.stable.digits(26)}`,
    id: '{bucket}',
    arn: 'arn:{partition}:s3:::{bucket}',
    bucket_domain_name: '{bucket}.s3.amazonaws.com',
    bucket_regional_domain_name: '{bucket}.s3.{region}.amazonaws.com',
    bucket_region: '{region}',
    request_payer: 'BucketOwner',
    object_lock_enabled: 'false',
    policy: '',
    hosted_zone_id: 'Z{upper:13}',
    website_domain: '',
    website_endpoint: '',
  },
  aws_s3_bucket_accelerate_configuration: OF_BUCKET,
  aws_s3_bucket_acl: OF_BUCKET,
  aws_s3_bucket_cors_configuration: OF_BUCKET,
  aws_s3_bucket_lifecycle_configuration: OF_BUCKET,
  aws_s3_bucket_logging: OF_BUCKET,
  aws_s3_bucket_notification: OF_BUCKET,
  aws_s3_bucket_object_lock_configuration: OF_BUCKET,
  aws_s3_bucket_ownership_controls: OF_BUCKET,
  aws_s3_bucket_policy: OF_BUCKET,
  aws_s3_bucket_public_access_block: OF_BUCKET,
  aws_s3_bucket_replication_configuration: OF_BUCKET,
  aws_s3_bucket_request_payment_configuration: OF_BUCKET,
  aws_s3_bucket_server_side_encryption_configuration: OF_BUCKET,
  aws_s3_bucket_versioning: OF_BUCKET,
  aws_s3_bucket_website_configuration: { ...OF_BUCKET, website_endpoint: '{bucket}.s3-website.{region}.amazonaws.com' },
  aws_s3_account_public_access_block: { account_id: '{account}', id: '{account_id}' },
  aws_s3_object: {
    id: '{bucket}/{key}',
    arn: 'arn:{partition}:s3:::{bucket}/{key}',
    etag: (it) => (it.text('content') ? createHash('md5').update(it.text('content')).digest('hex') : it.stable.hex(32)),
    storage_class: 'STANDARD',
    content_type: 'application/octet-stream',
    version_id: '{hex:32}',
    // With none of its own: that of the bucket, which nothing here knows.
    kms_key_id: '',
  },
  aws_dynamodb_table: {
    id: '{name}',
    arn: 'arn:{partition}:dynamodb:{region}:{account}:table/{name}',
    stream_arn: (it) => (it.value('stream_enabled') === true ? it.expand('{arn}/stream/2024-01-01T00:00:00.000') : ''),
    stream_label: (it) => (it.value('stream_enabled') === true ? '2024-01-01T00:00:00.000' : ''),
  },
};
