import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import type { ComputedResource } from '../computed-resource';
import type { Rules } from '../rule';

const INVOKE = 'arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions';

const OF_NAME: Rules = { id: '{name}', name_prefix: '' };
const DMS_ENDPOINT: Rules = {
  id: '{endpoint_id}',
  endpoint_arn: 'arn:{partition}:dms:{region}:{account}:endpoint:{upper:26}',
  certificate_arn: '',
};

/** AWS Lambda, RDS, DMS, Glue, Athena. Shapes: the Attribute Reference of each resource (registry.terraform.io, hashicorp/aws). */
export const COMPUTE: Readonly<Record<string, Rules>> = {
  aws_lambda_function: {
    id: '{function_name}',
    arn: 'arn:{partition}:lambda:{region}:{account}:function:{function_name}',
    version: functionVersion,
    qualified_arn: '{arn}:{version}',
    invoke_arn: `${INVOKE}/{arn}/invocations`,
    qualified_invoke_arn: `${INVOKE}/{qualified_arn}/invocations`,
    response_streaming_invoke_arn:
      'arn:{partition}:apigateway:{region}:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations',
    source_code_hash: '',
    code_sha256: (it) => it.text('source_code_hash') || it.stable.hex(44),
    source_code_size: (it) => sizeOf(it.text('filename')),
    last_modified: () => new Date().toISOString(),
    architectures: () => ['x86_64'],
    signing_job_arn: '',
    signing_profile_version_arn: '',
    'logging_config.log_group': '/aws/lambda/{function_name}',
    'ephemeral_storage.size': '512',
    'vpc_config.vpc_id': 'vpc-{hex:17}',
  },
  aws_lambda_alias: {
    arn: (it) => `${functionArn(it, 'function_name')}:${it.text('name')}`,
    id: '{arn}',
    invoke_arn: `${INVOKE}/{arn}/invocations`,
  },
  aws_lambda_permission: { statement_id: 'terraform-{hex:26}', statement_id_prefix: '', id: '{statement_id}' },
  aws_lambda_event_source_mapping: {
    uuid: '{uuid}',
    id: '{uuid}',
    arn: 'arn:{partition}:lambda:{region}:{account}:event-source-mapping:{uuid}',
    function_arn: (it) => functionArn(it, 'function_name'),
    state: (it) => (it.value('enabled') === false ? 'Disabled' : 'Enabled'),
    state_transition_reason: 'USER_INITIATED',
    last_processing_result: '',
    last_modified: () => new Date().toISOString(),
  },
  aws_lambda_function_event_invoke_config: {
    id: (it) => (it.text('qualifier') ? it.expand('{function_name}:{qualifier}') : it.text('function_name')),
  },
  aws_lambda_function_url: {
    id: '{function_name}',
    function_arn: (it) => functionArn(it, 'function_name'),
    url_id: '{hex:32}',
    function_url: 'https://{url_id}.lambda-url.{region}.on.aws/',
  },
  aws_lambda_layer_version: {
    version: '1',
    layer_arn: 'arn:{partition}:lambda:{region}:{account}:layer:{layer_name}',
    arn: '{layer_arn}:{version}',
    id: '{arn}',
    created_date: () => new Date().toISOString(),
    source_code_hash: '',
    source_code_size: (it) => sizeOf(it.text('filename')),
  },
  // Only a running function can know its answer: the local data plane invokes it and records what it said.
  aws_lambda_invocation: {
    id: (it) => `${it.text('function_name')}_${it.text('qualifier') || '$LATEST'}_${md5(it.text('input'))}`,
    result: 'pending: local data plane',
  },
  aws_db_instance: {
    identifier: (it) => `${it.text('identifier_prefix') || 'terraform-'}${it.stable.digits(26)}`,
    id: 'db-{upper:26}',
    resource_id: '{id}',
    arn: 'arn:{partition}:rds:{region}:{account}:db:{identifier}',
    address: databaseAddress,
    port: databasePort,
    endpoint: '{address}:{port}',
    username: 'admin',
    status: 'available',
    engine_version_actual: '{engine_version}',
    hosted_zone_id: 'Z{upper:20}',
    availability_zone: '{region}a',
    // Of other engines than those here.
    character_set_name: '',
    nchar_character_set_name: '',
    timezone: '',
    domain_fqdn: '',
    replica_mode: '',
    custom_iam_instance_profile: '',
    listener_endpoint: () => [],
    identifier_prefix: '',
    storage_type: 'gp2',
    ca_cert_identifier: 'rds-ca-rsa2048-g1',
    master_user_secret: masterUserSecret,
  },
  aws_db_subnet_group: {
    ...OF_NAME,
    arn: 'arn:{partition}:rds:{region}:{account}:subgrp:{name}',
    supported_network_types: () => ['IPV4'],
  },
  aws_db_parameter_group: { ...OF_NAME, arn: 'arn:{partition}:rds:{region}:{account}:pg:{name}' },
  aws_dms_certificate: {
    id: '{certificate_id}',
    certificate_arn: 'arn:{partition}:dms:{region}:{account}:cert:{upper:26}',
  },
  aws_dms_endpoint: { ...DMS_ENDPOINT, ssl_mode: 'none', extra_connection_attributes: '' },
  aws_dms_s3_endpoint: {
    ...DMS_ENDPOINT,
    ssl_mode: 'none',
    engine_display_name: 'Amazon S3',
    external_id: '',
    status: 'active',
  },
  aws_dms_event_subscription: { id: '{name}', arn: 'arn:{partition}:dms:{region}:{account}:es:{name}' },
  aws_dms_replication_instance: {
    id: '{replication_instance_id}',
    replication_instance_arn: 'arn:{partition}:dms:{region}:{account}:rep:{upper:26}',
  },
  aws_dms_replication_subnet_group: {
    id: '{replication_subnet_group_id}',
    replication_subnet_group_arn: 'arn:{partition}:dms:{region}:{account}:subgrp:{replication_subnet_group_id}',
  },
  aws_dms_replication_task: {
    id: '{replication_task_id}',
    replication_task_arn: (it) =>
      it.expand('arn:{partition}:dms:{region}:{account}:task:') + (it.text('resource_identifier') || it.stable.upper(26)),
    cdc_start_position: '',
    status: 'ready',
  },
  aws_glue_job: { id: '{name}', arn: 'arn:{partition}:glue:{region}:{account}:job/{name}' },
  aws_glue_catalog_database: {
    catalog_id: '{account}',
    id: '{catalog_id}:{name}',
    arn: 'arn:{partition}:glue:{region}:{account}:database/{name}',
  },
  aws_glue_catalog_table: {
    catalog_id: '{account}',
    id: '{catalog_id}:{database_name}:{name}',
    arn: 'arn:{partition}:glue:{region}:{account}:table/{database_name}/{name}',
  },
  aws_athena_workgroup: {
    id: '{name}',
    arn: 'arn:{partition}:athena:{region}:{account}:workgroup/{name}',
    'configuration.engine_version.effective_engine_version': 'Athena engine version 3',
  },
  aws_athena_named_query: { id: '{uuid}' },
};

/** A published function counts its versions; with anything else there is only the latest. */
function functionVersion(it: ComputedResource): string {
  if (it.value('publish') !== true) return '$LATEST';
  const before = Number(it.prior?.version);
  return String(Number.isInteger(before) ? before + 1 : 1);
}

/** A function given by its name or by its ARN, as its ARN without qualifier. */
function functionArn(it: ComputedResource, argument: string): string {
  const given = it.text(argument);
  return given.startsWith('arn:')
    ? given.split(':').slice(0, 7).join(':')
    : it.expand(`arn:{partition}:lambda:{region}:{account}:function:${given}`);
}

function sizeOf(file: string): number {
  return file !== '' && existsSync(file) ? statSync(file).size : 0;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Where RDS is a server of this machine, its databases are, too. */
function databaseAddress(it: ComputedResource): string {
  const { rds } = it.settings.endpoints;
  return rds ? new URL(rds).hostname : it.expand('{identifier}.{hex:12}.{region}.rds.amazonaws.com');
}

function databasePort(it: ComputedResource): number {
  const engine = it.text('engine');
  if (engine.includes('postgres')) return 5432;
  if (engine.startsWith('oracle')) return 1521;
  return engine.startsWith('sqlserver') ? 1433 : 3306;
}

/** RDS makes this secret itself; the local data plane makes it at this very ARN. */
function masterUserSecret(it: ComputedResource): { [name: string]: string }[] {
  if (it.value('manage_master_user_password') !== true) return [];
  return [
    {
      kms_key_id:
        it.text('master_user_secret_kms_key_id') || it.expand('arn:{partition}:kms:{region}:{account}:key/{uuid:secret}'),
      secret_arn: it.expand('arn:{partition}:secretsmanager:{region}:{account}:secret:rds!{id}-') + it.stable.hex(6, 'secret'),
      secret_status: 'active',
    },
  ];
}
