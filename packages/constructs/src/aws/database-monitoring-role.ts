import type { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { ServiceRole } from './service-role';

/**
 * The role by which RDS writes the operating system's metrics of one instance: what the managed policy allows, held to the one log group of
 * the account (RDS User Guide, "Setting up and enabling Enhanced Monitoring").
 */
export function databaseMonitoringRole(scope: Construct, instanceName: string): ServiceRole {
  const { aws } = LakewrightStack.of(scope).environment;
  const arn = (service: string, resource: string) => `arn:${aws.partition}:${service}:${aws.region}:${aws.accountId}:${resource}`;
  const role = new ServiceRole(scope, 'monitoring_role', {
    roleName: `${instanceName}-database-monitoring`,
    description: `Writes the metrics of the operating system of ${instanceName}`,
    trust: [
      {
        sid: 'AssumeByMonitoring',
        principals: { services: ['monitoring.rds.amazonaws.com'] },
        actions: ['sts:AssumeRole'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': aws.accountId },
          ArnLike: { 'aws:SourceArn': arn('rds', `db:${instanceName}`) },
        },
      },
    ],
  });
  role.addToPolicy(
    {
      sid: 'MakeLogGroup',
      actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
      resources: [arn('logs', 'log-group:RDSOSMetrics')],
    },
    {
      sid: 'WriteMetrics',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'],
      resources: [arn('logs', 'log-group:RDSOSMetrics:log-stream:*')],
    },
  );
  return role;
}
