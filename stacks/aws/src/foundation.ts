import { S3AccountPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-account-public-access-block';
import { bucketName, type Environment } from '@lakewright/config';
import {
  AlarmTopic,
  addAwsProvider,
  DmsAccountRoles,
  type DmsRoles,
  GithubDelivery,
  LakewrightStack,
  MonthlyBudget,
  PermissionsBoundary,
  SecureBucket,
  StackKey,
} from '@lakewright/constructs';
import type { Construct } from 'constructs';

/** How long anybody asks who read what. */
const ACCESS_LOG_DAYS = 365;

/** What an account has once: where alarms and access logs go, no public bucket, a budget, the most a role can do, DMS' roles, and how GitHub deploys. */
export class AwsFoundationStack extends LakewrightStack {
  readonly alarms: AlarmTopic;
  readonly accessLogs: SecureBucket;
  /** Made here, or there already. */
  readonly dmsRoles: DmsRoles;

  constructor(scope: Construct, environment: Environment) {
    super(scope, 'aws-foundation', environment);
    addAwsProvider(this, 'foundation');
    const key = new StackKey(this, 'key', { description: 'Alarms', alias: 'foundation', mayLoseData: true });
    this.alarms = new AlarmTopic(this, 'alarms', { topicName: 'lakewright-alarms', key, emails: environment.alarmEmails });
    this.accessLogs = new SecureBucket(this, 'access_logs', {
      bucketName: bucketName(environment, 'foundation', 'access-logs'),
      receivesAccessLogs: true,
      expireDays: ACCESS_LOG_DAYS,
      mayLoseData: true,
    });
    this.blockPublicBuckets();
    new PermissionsBoundary(this, 'boundary');
    this.dmsRoles =
      environment.dmsAccountRoles === 'create' ? new DmsAccountRoles(this, 'dms_roles') : DmsAccountRoles.fromAccount();
    new MonthlyBudget(this, 'budget', {
      budgetName: 'lakewright-monthly',
      limitUsd: environment.budgetUsd,
      alarms: this.alarms,
    });
    if (environment.delivery) this.addDelivery(environment.delivery);
  }

  private blockPublicBuckets(): void {
    new S3AccountPublicAccessBlock(this, 'public_access_block', {
      accountId: this.environment.aws.accountId,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  }

  private addDelivery(delivery: NonNullable<Environment['delivery']>): void {
    const { role } = new GithubDelivery(this, 'delivery', delivery);
    this.addOutputs({ delivery_role_arn: role.arn });
  }
}
