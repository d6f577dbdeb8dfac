import type { ComputedResource } from '../computed-resource';
import type { Rules } from '../rule';

/** IAM, KMS, Secrets Manager, CloudWatch, Budgets. Shapes: the Attribute Reference of each resource (registry.terraform.io, hashicorp/aws). */
export const IDENTITY: Readonly<Record<string, Rules>> = {
  aws_iam_role: {
    id: '{name}',
    arn: (it) => iamArn(it, 'role'),
    unique_id: 'AROA{upper:17}',
    create_date: () => new Date().toISOString(),
    managed_policy_arns: () => [],
  },
  aws_iam_user: { id: '{name}', arn: (it) => iamArn(it, 'user'), unique_id: 'AIDA{upper:17}' },
  aws_iam_group: { id: '{name}', arn: (it) => iamArn(it, 'group'), unique_id: 'AGPA{upper:17}' },
  aws_iam_instance_profile: {
    id: '{name}',
    arn: (it) => iamArn(it, 'instance-profile'),
    unique_id: 'AIPA{upper:17}',
    create_date: () => new Date().toISOString(),
  },
  aws_iam_policy: { arn: (it) => iamArn(it, 'policy'), id: '{arn}', policy_id: 'ANPA{upper:17}', attachment_count: '0' },
  aws_iam_role_policy: { id: '{role}:{name}' },
  aws_iam_role_policy_attachment: { id: '{role}/{policy_arn}' },
  aws_iam_openid_connect_provider: {
    arn: (it) => it.expand(`arn:{partition}:iam::{account}:oidc-provider/${it.text('url').replace(/^https:\/\//, '')}`),
    id: '{arn}',
    thumbprint_list: () => [],
  },
  aws_kms_key: {
    key_id: '{uuid}',
    id: '{key_id}',
    arn: 'arn:{partition}:kms:{region}:{account}:key/{key_id}',
    policy: '',
    rotation_period_in_days: (it) => (it.value('enable_key_rotation') === true ? 365 : 0),
    multi_region: 'false',
    description: '',
  },
  aws_kms_alias: {
    name: 'alias/terraform-{hex:26}',
    id: '{name}',
    arn: 'arn:{partition}:kms:{region}:{account}:{name}',
    target_key_arn: (it) => {
      const key = it.text('target_key_id');
      return key.startsWith('arn:') ? key : it.expand(`arn:{partition}:kms:{region}:{account}:key/${key}`);
    },
  },
  aws_secretsmanager_secret: {
    arn: (it) => it.expand('arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-') + it.stable.hex(6),
    id: '{arn}',
    policy: '',
  },
  aws_secretsmanager_secret_rotation: { id: '{secret_id}', rotation_enabled: 'true', rotation_lambda_arn: '' },
  aws_secretsmanager_secret_version: {
    arn: '{secret_id}',
    version_id: '{uuid}',
    id: '{secret_id}|{version_id}',
    version_stages: () => ['AWSCURRENT'],
  },
  aws_cloudwatch_log_group: {
    id: '{name}',
    arn: 'arn:{partition}:logs:{region}:{account}:log-group:{name}',
    log_group_class: 'STANDARD',
    deletion_protection_enabled: 'false',
  },
  aws_cloudwatch_metric_alarm: {
    id: '{alarm_name}',
    arn: 'arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}',
    evaluate_low_sample_count_percentiles: '',
  },
  aws_cloudwatch_composite_alarm: {
    id: '{alarm_name}',
    arn: 'arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}',
  },
  aws_cloudwatch_dashboard: {
    id: '{dashboard_name}',
    dashboard_arn: 'arn:{partition}:cloudwatch::{account}:dashboard/{dashboard_name}',
  },
  aws_budgets_budget: {
    account_id: '{account}',
    name: 'terraform-{hex:26}',
    id: '{account_id}:{name}',
    arn: 'arn:{partition}:budgets::{account_id}:budget/{name}',
    time_period_start: '2024-01-01_00:00',
  },
};

/** IAM has no region; a path stands between the kind and the name. */
function iamArn(it: ComputedResource, kind: string): string {
  return it.expand(`arn:{partition}:iam::{account}:${kind}${it.text('path') || '/'}{name}`);
}
