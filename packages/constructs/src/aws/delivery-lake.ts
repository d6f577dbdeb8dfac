import type { LakewrightStack } from '../lakewright-stack';
import { named } from './delivery-databases';
import { EveryResource, type PolicyStatement } from './policy';

/** The policy of its own that the deploying role has these by. */
export const DELIVERY_LAKE = 'lakewright-delivery-lake';

/**
 * What `terraform apply` and `destroy` call for Glue jobs and databases, state machines, their schedules and Athena, inside one account
 * and region: nothing that runs a job, starts an execution, asks a query, or reads a table.
 */
export function deliveryLakePermissions(stack: LakewrightStack): PolicyStatement[] {
  const { aws, name } = stack.environment;
  const local = (service: string, resource: string) =>
    `arn:${aws.partition}:${service}:${aws.region}:${aws.accountId}:${resource}`;
  const buckets = `arn:${aws.partition}:s3:::lakewright-*-${name}-${aws.accountId}`;
  return [
    // The files of Glue jobs, in a folder that holds nothing else; deleting one in a versioned bucket takes its versions.
    { sid: 'Scripts', actions: SCRIPT, resources: [`${buckets}/scripts/*`] },
    {
      sid: 'ListScripts',
      actions: ['s3:ListBucketVersions'],
      resources: [buckets],
      conditions: { StringLike: { 's3:prefix': ['scripts/*'] } },
    },
    { sid: 'Jobs', actions: JOB, resources: [local('glue', 'job/*')] },
    {
      sid: 'Catalog',
      actions: CATALOG,
      // Deleting a database asks for what lies in it too (Service Authorization Reference, AWS Glue).
      resources: ['catalog', 'database/*', 'table/*', 'userDefinedFunction/*'].map((resource) => local('glue', resource)),
    },
    {
      sid: 'SecurityConfigurations',
      actions: SECURITY_CONFIGURATION,
      resources: new EveryResource('Glue knows no resources for security configurations'),
    },
    // The provider has a definition validated before there is a machine.
    { sid: 'StateMachines', actions: STATE_MACHINE, resources: [local('states', 'stateMachine:*')] },
    { sid: 'Schedules', actions: SCHEDULE, resources: [local('scheduler', 'schedule/default/*')] },
    { sid: 'Workgroups', actions: WORKGROUP, resources: [local('athena', 'workgroup/*')] },
  ];
}

const SCRIPT = named('s3', 'DeleteObject DeleteObjectVersion GetObject GetObjectTagging PutObject PutObjectTagging');
const JOB = named('glue', 'CreateJob DeleteJob GetJob GetTags TagResource UntagResource UpdateJob');
const CATALOG = named('glue', 'CreateDatabase DeleteDatabase GetDatabase GetTags TagResource UntagResource UpdateDatabase');
const SECURITY_CONFIGURATION = named('glue', 'CreateSecurityConfiguration DeleteSecurityConfiguration GetSecurityConfiguration');
const STATE_MACHINE = named(
  'states',
  `CreateStateMachine DeleteStateMachine DescribeStateMachine ListStateMachineVersions ListTagsForResource TagResource
  UntagResource UpdateStateMachine ValidateStateMachineDefinition`,
);
const SCHEDULE = named('scheduler', 'CreateSchedule DeleteSchedule GetSchedule UpdateSchedule');
const WORKGROUP = named(
  'athena',
  `CreateNamedQuery CreateWorkGroup DeleteNamedQuery DeleteWorkGroup GetNamedQuery GetWorkGroup ListTagsForResource TagResource
  UntagResource UpdateWorkGroup`,
);
