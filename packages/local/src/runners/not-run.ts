/**
 * Types that are in the Terraform state and nowhere else on a laptop, with the reason. `*` stands for any ending.
 * What is in no list at all is state only as well, for want of a runner.
 */
export const STATE_ONLY: Readonly<Record<string, string>> = {
  aws_budgets_budget: 'nothing costs money here',
  aws_cloudwatch_dashboard: 'no metric is collected here: lakewright status, events and logs show what runs',
  aws_db_subnet_group: 'there is no network here: the database listens on this machine alone',
  aws_default_security_group: 'there is no network here: everything listens on 127.0.0.1',
  aws_dms_certificate: 'local replication trusts the authority of the local database',
  aws_dms_event_subscription: 'nobody is told of anything here: lakewright status shows where a task stands',
  aws_dms_replication_subnet_group: 'local replication runs on this machine',
  aws_flow_log: 'there is no network here to log',
  aws_glue_security_configuration: 'files and logs of this machine are as its disk is',
  aws_iam_openid_connect_provider: 'no delivery pipeline deploys to a laptop',
  'aws_lakeformation_*': 'no request is checked here: whoever is at this machine reads every table',
  aws_route_table: 'there is no network here: everything listens on 127.0.0.1',
  aws_route_table_association: 'there is no network here: everything listens on 127.0.0.1',
  aws_s3_account_public_access_block: 'nothing here can be reached from outside this machine',
  aws_s3_bucket_lifecycle_configuration: 'objects are kept until they are deleted',
  aws_s3_bucket_logging: 'no access log is written',
  aws_secretsmanager_secret_policy: 'requests to secrets are not checked here',
  aws_secretsmanager_secret_rotation: 'nothing rotates a password here',
  aws_security_group: 'there is no network here: everything listens on 127.0.0.1',
  aws_subnet: 'there is no network here: everything listens on 127.0.0.1',
  aws_vpc: 'there is no network here: everything listens on 127.0.0.1',
  aws_vpc_endpoint: 'there is no network here: services are called at their local addresses',
  'aws_vpc_security_group_*': 'there is no network here: everything listens on 127.0.0.1',
  databricks_notification_destination: 'nobody is told of anything here',
  databricks_permissions: 'pipelines, dashboards and folders are open to whoever is at this machine',
  databricks_sql_endpoint: 'the local engine answers every query',
};

/**
 * Types that something would wait for in vain: state alone would look as if they worked. `*` stands for any ending.
 */
export const REFUSED: Readonly<Record<string, string>> = {
  'aws_athena_*': 'only workgroups and named queries of Athena are made here',
  aws_cloudwatch_event_rule: 'rules would never fire: there is no runner for EventBridge yet',
  'aws_dms_*': 'only replication instances, endpoints (MySQL, S3) and tasks of DMS run here, nothing serverless',
  aws_dynamodb_table: 'there would be no table: there is no runner for DynamoDB yet',
  'aws_glue_*': 'only jobs, databases and tables of Glue run here: no crawler, trigger or connection',
  'aws_db_*': 'only aws_db_instance runs here: no proxy, snapshot or option group of RDS',
  'aws_rds_*': 'no cluster would be there: there is no runner for Aurora, aws_db_instance runs',
  aws_secretsmanager_secret_version: 'its value would lie in the state: let what makes the password put it into the secret',
  'aws_sfn_*': 'only state machines of Step Functions run here',
  'snowflake_*': 'no warehouse would answer: there is no runner for Snowflake yet',
};

/** The entry of a table that a type falls under: its own, else the longest that ends in `*`. */
export function entryFor(table: Readonly<Record<string, string>>, type: string): string | undefined {
  if (table[type] !== undefined) return table[type];
  const prefixes = Object.keys(table).filter((pattern) => pattern.endsWith('*') && type.startsWith(pattern.slice(0, -1)));
  const longest = prefixes.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : table[longest];
}
