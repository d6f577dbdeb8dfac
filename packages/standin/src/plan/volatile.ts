import type { ObjectValue } from '../values/value';
import { isUnknown, sameValue, UNKNOWN } from '../values/value';

/** Computed attributes that change when certain arguments do. Everything else computed keeps its value for the life of a resource. */
const VOLATILE: Readonly<Record<string, { readonly attributes: readonly string[]; readonly arguments?: readonly string[] }>> = {
  // UpdateFunctionCode makes a new version when asked to publish; UpdateFunctionConfiguration touches last_modified.
  aws_lambda_function: {
    attributes: ['code_sha256', 'source_code_size', 'last_modified', 'version', 'qualified_arn', 'qualified_invoke_arn'],
  },
  aws_lambda_event_source_mapping: { attributes: ['last_modified', 'state', 'function_arn'] },
  aws_s3_object: {
    attributes: ['version_id', 'etag'],
    arguments: ['content', 'content_base64', 'source', 'source_hash', 'etag'],
  },
  aws_sfn_state_machine: { attributes: ['revision_id', 'state_machine_version_arn'] },
  aws_kms_alias: { attributes: ['target_key_arn'], arguments: ['target_key_id'] },
  databricks_dashboard: { attributes: ['etag', 'update_time', 'md5'] },
  databricks_pipeline: { attributes: ['last_modified'] },
  databricks_secret: { attributes: ['last_updated_timestamp'] },
};

/** Marks what will change with an update. `changed`: the names that the configuration changes. */
export function markVolatile(
  type: string,
  planned: ObjectValue,
  prior: ObjectValue,
  config: ObjectValue,
  changed: readonly string[],
): void {
  const rule = VOLATILE[type];
  if (!rule || changed.every((name) => name === 'tags' || name === 'tags_all')) return;
  if (rule.arguments && !rule.arguments.some((name) => changed.includes(name))) return;
  for (const name of rule.attributes) {
    if ((config[name] ?? null) !== null || isUnknown(planned[name]) || !sameValue(planned[name], prior[name])) continue;
    planned[name] = UNKNOWN;
  }
}
