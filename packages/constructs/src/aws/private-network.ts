import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { LakewrightError } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { EveryResource, type PolicyStatement, policyDocument } from './policy';
import { SecurityGroup } from './security-group';
import { ServiceRole } from './service-role';
import type { StackKey } from './stack-key';

/** A /16 holds sixteen /20 networks: one a zone, the rest for what comes later. */
const SUBNETS = 16;

export interface PrivateNetworkProps {
  /** Names the network and what lies in it: the system. */
  readonly networkName: string;
  /** Encrypts the flow logs. */
  readonly key: StackKey;
}

/** Services of AWS that somebody in a network may call, each by an interface endpoint of its own. */
export type InterfaceService = 'secretsmanager';

/**
 * A network without a way out: one private subnet in each zone of the environment, no internet gateway, no NAT, and the services of
 * AWS that are needed by endpoints (decision 10). S3 is always there, because its gateway
 * costs nothing. The VPC's own default group is closed, and what was let through and what was not is logged.
 *
 * Source: docs.aws.amazon.com, VPC User Guide, "VPC CIDR blocks", "AWS PrivateLink concepts", "Gateway endpoints for Amazon S3".
 */
export class PrivateNetwork extends Construct {
  readonly vpc: Vpc;
  /** One a zone, in the order of the environment's zones. */
  readonly subnets: readonly Subnet[];
  /** S3, by the routes of the subnets. */
  readonly s3: VpcEndpoint;
  /** The group of the interface endpoints: who calls one is allowed from there, on port 443. */
  readonly endpoints: SecurityGroup;
  private readonly networkName: string;
  private readonly interfaces: VpcEndpoint[] = [];

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    this.validateName(props.networkName);
    this.networkName = props.networkName;
    const { network } = LakewrightStack.of(this).environment;
    this.vpc = new Vpc(this, 'vpc', {
      cidrBlock: network.cidr,
      // Both are what private names of endpoints need.
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: this.networkName },
    });
    // Without rules in it, the provider takes away those that EC2 made.
    new DefaultSecurityGroup(this, 'default_group', { vpcId: this.vpc.id, tags: { Name: `${this.networkName} closed` } });
    this.subnets = this.addSubnets();
    this.s3 = this.addS3Gateway(this.addRoutes());
    this.endpoints = new SecurityGroup(this, 'endpoints', {
      groupName: `${this.networkName}-endpoints`,
      description: 'Interface endpoints of AWS services',
      vpc: this.vpc,
    });
    this.addFlowLog(props.key);
  }

  get subnetIds(): string[] {
    return this.subnets.map(({ id }) => id);
  }

  /** What must exist before somebody in the network reaches the services. */
  get ready(): readonly ITerraformDependable[] {
    return [this.s3, ...this.interfaces];
  }

  /** Lets the network reach a service by its usual name, for these actions on what belongs to the account. */
  addInterfaceEndpoint(service: InterfaceService, actions: readonly string[]): VpcEndpoint {
    const endpoint = new VpcEndpoint(this, service, {
      vpcId: this.vpc.id,
      vpcEndpointType: 'Interface',
      serviceName: this.serviceName(service),
      subnetIds: this.subnetIds,
      securityGroupIds: [this.endpoints.groupId],
      privateDnsEnabled: true,
      policy: policyDocument([this.ownOnly('UseWithinAccount', actions)]),
      tags: { Name: `${this.networkName}-${service}` },
    });
    this.interfaces.push(endpoint);
    return endpoint;
  }

  private addSubnets(): Subnet[] {
    const { aws, network } = LakewrightStack.of(this).environment;
    this.validateZones(aws.zones);
    const [first, second] = network.cidr.split('.');
    return aws.zones.map(
      (zone, index) =>
        new Subnet(this, `private_${index}`, {
          vpcId: this.vpc.id,
          availabilityZone: zone,
          cidrBlock: `${first}.${second}.${(index * 256) / SUBNETS}.0/20`,
          mapPublicIpOnLaunch: false,
          tags: { Name: `${this.networkName}-private-${zone}` },
        }),
    );
  }

  /** One table for all: without a way out there is nothing that a zone would route differently. */
  private addRoutes(): RouteTable {
    const routes = new RouteTable(this, 'routes', { vpcId: this.vpc.id, tags: { Name: `${this.networkName}-private` } });
    for (const [index, subnet] of this.subnets.entries()) {
      new RouteTableAssociation(this, `routes_${index}`, { subnetId: subnet.id, routeTableId: routes.id });
    }
    return routes;
  }

  private addS3Gateway(routes: RouteTable): VpcEndpoint {
    return new VpcEndpoint(this, 's3', {
      vpcId: this.vpc.id,
      vpcEndpointType: 'Gateway',
      serviceName: this.serviceName('s3'),
      routeTableIds: [routes.id],
      policy: policyDocument([this.ownOnly('UseBucketsOfAccount', S3_ACTIONS)]),
      tags: { Name: `${this.networkName}-s3` },
    });
  }

  private addFlowLog(key: StackKey): void {
    const { aws, retention } = LakewrightStack.of(this).environment;
    key.grantLogs();
    const logGroup = new CloudwatchLogGroup(this, 'flow_log_group', {
      name: `/lakewright/${this.networkName}/flow-log`,
      retentionInDays: retention.logDays,
      kmsKeyId: key.arn,
    });
    const role = new ServiceRole(this, 'flow_log_role', {
      roleName: `${this.networkName}-flow-log`,
      description: `Writes the flow log of ${this.networkName}`,
      trust: [
        {
          sid: 'AssumeByFlowLogs',
          principals: { services: ['vpc-flow-logs.amazonaws.com'] },
          actions: ['sts:AssumeRole'],
          conditions: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
        },
      ],
    });
    role.addToPolicy({
      sid: 'WriteFlowLog',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`${logGroup.arn}:*`],
    });
    new FlowLog(this, 'flow_log', {
      vpcId: this.vpc.id,
      trafficType: 'ALL',
      maxAggregationInterval: 600,
      logDestinationType: 'cloud-watch-logs',
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      dependsOn: [...role.ready],
      tags: { Name: this.networkName },
    });
  }

  private serviceName(service: string): string {
    const { partition, region } = LakewrightStack.of(this).environment.aws;
    return `${partition === 'aws-cn' ? 'cn.com' : 'com'}.amazonaws.${region}.${service}`;
  }

  /** Nobody with keys of another account gets anything out, and nothing goes to what belongs to another account. */
  private ownOnly(sid: string, actions: readonly string[]): PolicyStatement {
    const { accountId } = LakewrightStack.of(this).environment.aws;
    return {
      sid,
      principals: { aws: ['*'] },
      actions,
      resources: new EveryResource('the conditions hold for every resource of the account and none of another'),
      conditions: { StringEquals: { 'aws:PrincipalAccount': accountId, 'aws:ResourceAccount': accountId } },
    };
  }

  private validateName(name: string): void {
    if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_NETWORK_NAME',
      `networkName: must be 1 to 40 characters of a-z, 0-9 and "-" (got "${name}")`,
      { hint: 'the name of the system' },
    );
  }

  private validateZones(zones: readonly string[]): void {
    if (zones.length <= SUBNETS) return;
    throw new LakewrightError('CONSTRUCT_NETWORK_ZONES', `zones: a /16 is cut for ${SUBNETS} zones (got ${zones.length})`, {
      hint: 'aws.zones of the environment',
    });
  }
}

const S3_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:GetObjectVersion',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectTagging',
];
