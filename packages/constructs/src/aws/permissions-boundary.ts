import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { ASK } from './athena-workgroup';
import { BOUNDARY_NAME, roleArn } from './iam-names';
import { LOG_DELIVERY_ACTIONS } from './log-delivery';
import { NETWORK_INTERFACES } from './network-interfaces';
import { EveryResource, managedPolicyDocument, type PolicyStatement } from './policy';

/**
 * The most that any role of the project can do, whatever its own policy says: one policy an account, in its foundation.
 * It holds what functions, databases, replication and Unity Catalog's roles work with, and nothing of IAM, so that whoever may make roles cannot make
 * one that is mightier than this. `ServiceRole` refuses at synth what does not fit in here.
 *
 * Source: docs.aws.amazon.com, IAM User Guide, "Permissions boundaries for IAM entities".
 */
export class PermissionsBoundary extends Construct {
  readonly policy: IamPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policy = new IamPolicy(this, 'policy', {
      name: BOUNDARY_NAME,
      description: 'The most that a role of Lakewright can do',
      policy: managedPolicyDocument(boundaryStatements(LakewrightStack.of(this))),
    });
  }
}

/** The actions of a statement that no role within the boundary can ever take; a denial takes nothing. */
export function beyondBoundary(stack: LakewrightStack, { effect, actions }: PolicyStatement): readonly string[] {
  if (effect === 'Deny') return [];
  const allowed = new Set(boundaryStatements(stack).flatMap((statement) => statement.actions));
  return actions.filter((action) => !allowed.has(action));
}

/** Resources by account, region and the project's names: a new kind of workload gets its actions here. */
function boundaryStatements(stack: LakewrightStack): PolicyStatement[] {
  const { aws, name } = stack.environment;
  const local = (service: string, resource: string) =>
    `arn:${aws.partition}:${service}:${aws.region}:${aws.accountId}:${resource}`;
  const buckets = `arn:${aws.partition}:s3:::lakewright-*-${name}-${aws.accountId}`;
  return [
    { sid: 'Buckets', actions: BUCKET, resources: [buckets] },
    { sid: 'Objects', actions: OBJECT, resources: [`${buckets}/*`] },
    { sid: 'Keys', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [local('kms', 'key/*')] },
    { sid: 'Queues', actions: QUEUE, resources: [local('sqs', '*')] },
    { sid: 'Topics', actions: ['sns:Publish'], resources: [local('sns', '*')] },
    {
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [local('logs', 'log-group:/aws/lambda/*'), local('logs', 'log-group:/lakewright/*')],
    },
    {
      // The operating system's metrics of databases: one log group an account, which RDS makes.
      sid: 'DatabaseMonitoring',
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:GetLogEvents',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
      ],
      resources: [local('logs', 'log-group:RDSOSMetrics'), local('logs', 'log-group:RDSOSMetrics:*')],
    },
    { sid: 'Secrets', actions: SECRET, resources: [local('secretsmanager', 'secret:lakewright/*')] },
    {
      // Those that RDS makes for the masters of databases.
      sid: 'MasterSecrets',
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [local('secretsmanager', 'secret:rds!*')],
    },
    {
      sid: 'Jobs',
      actions: ['glue:BatchStopJobRun', 'glue:GetJobRun', 'glue:StartJobRun'],
      resources: [local('glue', 'job/*')],
    },
    {
      sid: 'Catalog',
      actions: CATALOG,
      resources: [local('glue', 'catalog'), local('glue', 'database/*'), local('glue', 'table/*')],
    },
    { sid: 'Queries', actions: ASK, resources: [local('athena', 'workgroup/*')] },
    {
      sid: 'JobLogs',
      actions: ['logs:AssociateKmsKey', 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [local('logs', 'log-group:/aws-glue/*')],
    },
    {
      sid: 'LookAtReplication',
      actions: ['dms:DescribeReplicationTasks'],
      resources: new EveryResource('DMS knows no resources for describing tasks'),
    },
    { sid: 'Replication', actions: ['dms:StartReplicationTask'], resources: [local('dms', 'task:*')] },
    { sid: 'Functions', actions: ['lambda:InvokeFunction'], resources: [local('lambda', 'function:*')] },
    { sid: 'Executions', actions: ['states:StartExecution'], resources: [local('states', 'stateMachine:*')] },
    {
      sid: 'LogDeliveries',
      actions: LOG_DELIVERY_ACTIONS,
      resources: new EveryResource('CloudWatch Logs knows no resources for log deliveries'),
    },
    {
      sid: 'StandInNetworks',
      actions: NETWORK_INTERFACES,
      resources: new EveryResource('Lambda asks before there is an interface, and describing knows no resources'),
    },
    {
      sid: 'WriteMetrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: new EveryResource('CloudWatch knows no resources for writing metrics'),
    },
    {
      sid: 'WriteTraces',
      actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      resources: new EveryResource('X-Ray knows no resources for writing traces'),
    },
    // Unity Catalog's roles assume themselves. Every role on the path that a role can get into is within the boundary too.
    { sid: 'AssumeOwnRoles', actions: ['sts:AssumeRole'], resources: [roleArn(stack, '*')] },
  ];
}

const CATALOG = [
  'glue:CreateTable',
  'glue:GetDatabase',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:GetTables',
  'glue:UpdateTable',
];
const BUCKET = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'];
const OBJECT = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:GetObject',
  's3:GetObjectVersion',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectTagging',
];
const SECRET = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'];
const QUEUE = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
];
