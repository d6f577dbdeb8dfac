import { namingArgument } from '../computed/generic';
import type { Schema } from '../schema/schema';
import type { PathStep } from '../serve/diagnostic';
import { isObject, isUnknown, type ObjectValue, sameValue, type Value } from '../values/value';

/**
 * Arguments whose change makes a new resource, because the service cannot change them. Each list is what the resource's page in the
 * provider's documentation marks "Forces new resource" or "Changing this ... recreates" (registry.terraform.io/providers/hashicorp/aws
 * and databricks/databricks, version in package.json), or what the service's Update API does not take. Dotted paths go through blocks.
 */
const FORCES_NEW: Readonly<Record<string, readonly string[]>> = {
  // docs/resources/s3_bucket: bucket, bucket_prefix, object_lock_enabled; the configuration resources: bucket, expected_bucket_owner
  aws_s3_bucket: ['bucket', 'bucket_prefix', 'object_lock_enabled'],
  aws_s3_object: ['bucket', 'key'],
  // docs/resources/sqs_queue; SetQueueAttributes takes neither name nor FIFO
  aws_sqs_queue: ['name', 'name_prefix', 'fifo_queue'],
  aws_sqs_queue_policy: ['queue_url'],
  // docs/resources/sns_topic, sns_topic_subscription
  aws_sns_topic: ['name', 'name_prefix', 'fifo_topic'],
  aws_sns_topic_policy: ['arn'],
  aws_sns_topic_subscription: ['topic_arn', 'protocol', 'endpoint'],
  // docs/resources/lambda_function: UpdateFunctionConfiguration takes neither; lambda_permission cannot be updated at all
  aws_lambda_function: ['function_name', 'package_type', 'tenancy_config'],
  aws_lambda_alias: ['name', 'function_name'],
  aws_lambda_permission: [
    'action',
    'event_source_token',
    'function_name',
    'function_url_auth_type',
    'principal',
    'principal_org_id',
    'qualifier',
    'source_account',
    'source_arn',
    'statement_id',
    'statement_id_prefix',
    'invoked_via_function_url',
  ],
  aws_lambda_event_source_mapping: ['event_source_arn', 'starting_position', 'starting_position_timestamp', 'queues', 'topics'],
  aws_lambda_function_event_invoke_config: ['function_name', 'qualifier'],
  aws_lambda_function_url: ['function_name', 'qualifier'],
  aws_lambda_invocation: ['function_name', 'input', 'qualifier', 'triggers'],
  aws_lambda_layer_version: [
    'layer_name',
    'filename',
    'source_code_hash',
    's3_bucket',
    's3_key',
    'compatible_runtimes',
    'description',
    'license_info',
  ],
  // docs/resources/iam_role, iam_policy, iam_role_policy, iam_role_policy_attachment
  aws_iam_role: ['name', 'name_prefix', 'path'],
  aws_iam_policy: ['name', 'name_prefix', 'path', 'description'],
  aws_iam_role_policy: ['name', 'name_prefix', 'role'],
  aws_iam_role_policy_attachment: ['role', 'policy_arn'],
  aws_iam_instance_profile: ['name', 'name_prefix', 'path'],
  aws_iam_openid_connect_provider: ['url'],
  // docs/resources/kms_key, kms_alias
  aws_kms_key: ['customer_master_key_spec', 'key_usage', 'multi_region', 'custom_key_store_id', 'xks_key_id'],
  aws_kms_alias: ['name', 'name_prefix'],
  // docs/resources/cloudwatch_*
  aws_cloudwatch_log_group: ['name', 'name_prefix', 'log_group_class'],
  aws_cloudwatch_metric_alarm: ['alarm_name'],
  aws_cloudwatch_composite_alarm: ['alarm_name'],
  aws_cloudwatch_dashboard: ['dashboard_name'],
  aws_cloudwatch_event_rule: ['name', 'name_prefix', 'event_bus_name'],
  aws_cloudwatch_event_target: ['rule', 'event_bus_name', 'target_id'],
  // docs/resources/budgets_budget
  aws_budgets_budget: ['name', 'name_prefix', 'account_id'],
  // docs/resources/secretsmanager_secret, dynamodb_table, sfn_state_machine, scheduler_schedule
  aws_secretsmanager_secret: ['name', 'name_prefix'],
  aws_dynamodb_table: ['name', 'hash_key', 'range_key'],
  aws_sfn_state_machine: ['name', 'name_prefix', 'type'],
  aws_scheduler_schedule: ['name', 'name_prefix', 'group_name'],
  // docs/resources/vpc, subnet, security_group
  aws_vpc: ['cidr_block', 'ipv4_ipam_pool_id'],
  aws_subnet: ['vpc_id', 'cidr_block', 'availability_zone', 'availability_zone_id', 'outpost_arn'],
  aws_security_group: ['name', 'name_prefix', 'description', 'vpc_id'],
  aws_vpc_security_group_ingress_rule: ['security_group_id'],
  aws_vpc_security_group_egress_rule: ['security_group_id'],
  aws_default_security_group: ['vpc_id'],
  aws_route_table: ['vpc_id'],
  aws_route_table_association: ['subnet_id', 'gateway_id'],
  aws_vpc_endpoint: ['vpc_id', 'service_name', 'vpc_endpoint_type', 'auto_accept'],
  // docs/resources/flow_log: nothing but its tags can be changed
  aws_flow_log: [
    'vpc_id',
    'subnet_id',
    'eni_id',
    'traffic_type',
    'log_destination',
    'log_destination_type',
    'log_format',
    'max_aggregation_interval',
    'iam_role_arn',
  ],
  // docs/resources/db_instance: identifier is renamed in place; these are not
  aws_db_instance: [
    'engine',
    'username',
    'db_name',
    'availability_zone',
    'storage_encrypted',
    'kms_key_id',
    'timezone',
    'character_set_name',
  ],
  // docs/resources/db_subnet_group, db_parameter_group: the family belongs to the group for good
  aws_db_subnet_group: ['name', 'name_prefix'],
  aws_db_parameter_group: ['name', 'name_prefix', 'family', 'description'],
  // docs/resources/dms_*: what the service's Modify calls do not take
  aws_dms_certificate: ['certificate_id', 'certificate_pem', 'certificate_wallet'],
  aws_dms_endpoint: ['endpoint_id', 'kms_key_arn'],
  aws_dms_s3_endpoint: ['endpoint_id', 'kms_key_arn', 'ignore_header_rows'],
  aws_dms_event_subscription: ['name', 'source_ids'],
  aws_dms_replication_instance: [
    'replication_instance_id',
    'availability_zone',
    'kms_key_arn',
    'publicly_accessible',
    'replication_subnet_group_id',
  ],
  aws_dms_replication_subnet_group: ['replication_subnet_group_id'],
  aws_dms_replication_task: [
    'replication_task_id',
    'replication_instance_arn',
    'resource_identifier',
    'source_endpoint_arn',
    'target_endpoint_arn',
  ],
  aws_glue_job: ['name'],
  aws_glue_catalog_database: ['name', 'catalog_id'],
  // docs/resources/catalog, schema, volume, storage_credential, external_location: the name is the id
  databricks_catalog: ['name', 'storage_root', 'provider_name', 'share_name', 'connection_name', 'metastore_id'],
  databricks_schema: ['name', 'catalog_name', 'storage_root', 'metastore_id'],
  databricks_volume: ['name', 'catalog_name', 'schema_name', 'volume_type', 'storage_location'],
  databricks_storage_credential: ['name', 'metastore_id'],
  databricks_external_location: ['name', 'metastore_id'],
  databricks_grants: [
    'catalog',
    'schema',
    'table',
    'volume',
    'external_location',
    'storage_credential',
    'credential',
    'metastore',
    'function',
  ],
  databricks_grant: [
    'catalog',
    'schema',
    'table',
    'volume',
    'external_location',
    'storage_credential',
    'credential',
    'metastore',
    'principal',
  ],
  databricks_permissions: [
    'cluster_id',
    'job_id',
    'pipeline_id',
    'sql_endpoint_id',
    'dashboard_id',
    'directory_path',
    'notebook_path',
    'workspace_file_path',
    'cluster_policy_id',
  ],
  // docs/resources/pipeline: catalog and storage cannot be changed after creation
  databricks_pipeline: ['catalog', 'storage'],
  databricks_dashboard: ['parent_path'],
  databricks_workspace_file: ['path'],
  databricks_notebook: ['path'],
  databricks_directory: ['path'],
  databricks_service_principal: ['application_id'],
  databricks_user: ['user_name'],
  databricks_secret_scope: ['name', 'initial_manage_principal', 'backend_type'],
  databricks_secret: ['scope', 'key', 'string_value'],
  databricks_secret_acl: ['scope', 'principal', 'permission'],
  databricks_group_member: ['group_id', 'member_id'],
};

/** Types whose generic rule would be wrong: the naming argument is changed in place. */
const RENAMED_IN_PLACE = new Set(['aws_db_instance', 'aws_launch_template', 'aws_api_gateway_rest_api', 'aws_apigatewayv2_api']);

/**
 * The paths whose change asks for replacement. For types without a list of their own: the argument that names the resource where its
 * id follows from it, and for AWS `region` (docs/guides/enhanced-region-support: changing it makes a new resource).
 */
export function replacementPaths(type: string, schema: Schema, prior: ObjectValue, planned: ObjectValue): PathStep[][] {
  return forcingArguments(type, schema, prior)
    .filter((name) => differs(planned[name], prior[name]))
    .map((name) => [name]);
}

function forcingArguments(type: string, schema: Schema, prior: ObjectValue): string[] {
  const names = new Set(FORCES_NEW[type] ?? []);
  const aws = type.startsWith('aws_');
  if (aws) names.add('region');
  if (type.startsWith('aws_s3_bucket_')) names.add('bucket').add('expected_bucket_owner');
  const naming = namingArgument(type, schema.attributes ?? {});
  const identifies = naming !== undefined && (aws || prior.id === prior[naming]);
  if (!FORCES_NEW[type] && identifies && !RENAMED_IN_PLACE.has(type)) names.add(naming);
  return [...names].filter((name) => schema.attributes?.[name] ?? schema.block_types?.[name]);
}

/** A value not known yet may be another one: as the real providers, count it as changed. Left out and empty are the same. */
function differs(planned: Value | undefined, prior: Value | undefined): boolean {
  if (isUnknown(planned)) return true;
  return !sameValue(nullIfEmpty(planned), nullIfEmpty(prior));
}

function nullIfEmpty(value: Value | undefined): Value {
  if (value === undefined || value === '') return null;
  if (Array.isArray(value) && value.length === 0) return null;
  return isObject(value) && Object.keys(value).length === 0 ? null : value;
}
