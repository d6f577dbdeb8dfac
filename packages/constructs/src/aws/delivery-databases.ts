import type { LakewrightStack } from '../lakewright-stack';
import { EveryResource, type PolicyStatement } from './policy';

/** The policy of its own that the deploying role has these by: with the rest they are more than a role holds inline. */
export const DELIVERY_DATABASES = 'lakewright-delivery-databases';

export const named = (service: string, actions: string) => actions.split(/\s+/).map((action) => `${service}:${action}`);

/** What `terraform apply` and `destroy` call for networks, databases, their secrets and replication, inside one account and region. */
export function deliveryDatabasePermissions(stack: LakewrightStack): PolicyStatement[] {
  const { aws } = stack.environment;
  const local = (service: string, resource: string) =>
    `arn:${aws.partition}:${service}:${aws.region}:${aws.accountId}:${resource}`;
  return [
    { sid: 'Networks', actions: NETWORK, resources: [local('ec2', '*')] },
    {
      // An interface endpoint takes over the service's usual name in the network (Service Authorization Reference, CreateVpcEndpoint).
      sid: 'NamesOfEndpoints',
      actions: ['route53:AssociateVPCWithHostedZone'],
      resources: [`arn:${aws.partition}:route53:::hostedzone/*`],
    },
    {
      sid: 'ReadNetworks',
      actions: READ_NETWORK,
      resources: new EveryResource('EC2 knows no resources for describing'),
    },
    {
      sid: 'Databases',
      actions: DATABASE,
      resources: ['db', 'og', 'pg', 'secgrp', 'snapshot', 'subgrp'].map((kind) => local('rds', `${kind}:*`)),
    },
    { sid: 'Secrets', actions: SECRET, resources: [local('secretsmanager', 'secret:lakewright/*')] },
    {
      // RDS makes it in the name of whoever makes the database; its value is never read.
      sid: 'MasterSecrets',
      actions: MASTER_SECRET,
      resources: [local('secretsmanager', 'secret:rds!*')],
    },
    { sid: 'Replication', actions: REPLICATION, resources: [local('dms', '*')] },
    {
      sid: 'ReadReplication',
      actions: READ_REPLICATION,
      resources: new EveryResource('DMS knows no resources for importing certificates and for describing'),
    },
  ];
}

/**
 * Network interfaces are among them because DMS makes those of an instance in the caller's name as well (DMS User Guide, "IAM permissions
 * needed to use AWS DMS"), and because the provider clears away what Lambda leaves in a group that goes.
 */
const NETWORK = named(
  'ec2',
  `AssociateRouteTable AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateFlowLogs CreateNetworkInterface
  CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint DeleteFlowLogs
  DeleteNetworkInterface DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints
  DetachNetworkInterface DisassociateRouteTable ModifyNetworkInterfaceAttribute ModifySecurityGroupRules
  ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint RevokeSecurityGroupEgress RevokeSecurityGroupIngress`,
);
const READ_NETWORK = named(
  'ec2',
  `DescribeAccountAttributes DescribeAvailabilityZones DescribeFlowLogs DescribeInternetGateways DescribeNetworkAcls
  DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups
  DescribeSubnets DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs`,
);
const DATABASE = named(
  'rds',
  `AddTagsToResource CreateDBInstance CreateDBParameterGroup CreateDBSnapshot CreateDBSubnetGroup DeleteDBInstance
  DeleteDBParameterGroup DeleteDBSubnetGroup DescribeDBInstances DescribeDBParameterGroups DescribeDBParameters
  DescribeDBSnapshots DescribeDBSubnetGroups ListTagsForResource ModifyDBInstance ModifyDBParameterGroup
  ModifyDBSubnetGroup RebootDBInstance RemoveTagsFromResource ResetDBParameterGroup`,
);
const SECRET = named(
  'secretsmanager',
  'CreateSecret DeleteSecret DescribeSecret GetResourcePolicy RestoreSecret TagResource UntagResource UpdateSecret',
);
const MASTER_SECRET = named('secretsmanager', 'CancelRotateSecret CreateSecret DescribeSecret RotateSecret TagResource');
const REPLICATION = named(
  'dms',
  `AddTagsToResource CreateEndpoint CreateEventSubscription CreateReplicationInstance CreateReplicationSubnetGroup
  CreateReplicationTask DeleteCertificate DeleteEndpoint DeleteEventSubscription DeleteReplicationInstance
  DeleteReplicationSubnetGroup DeleteReplicationTask ListTagsForResource ModifyEndpoint ModifyEventSubscription
  ModifyReplicationInstance ModifyReplicationSubnetGroup ModifyReplicationTask RemoveTagsFromResource
  StopReplicationTask`,
);
const READ_REPLICATION = named(
  'dms',
  `DescribeCertificates DescribeConnections DescribeEndpoints DescribeEventSubscriptions DescribeReplicationInstances
  DescribeReplicationSubnetGroups DescribeReplicationTasks ImportCertificate`,
);
