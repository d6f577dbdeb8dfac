import { SecurityGroup as Ec2SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import type { Vpc } from '@cdktf/provider-aws/lib/vpc';
import type { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { LakewrightError } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** What EC2 takes in the description of a group or rule (API reference, "CreateSecurityGroup"). */
const DESCRIPTION = /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export interface SecurityGroupProps {
  /** Unique in the network. */
  readonly groupName: string;
  /** Who stands in it. */
  readonly description: string;
  readonly vpc: Vpc;
}

/** A group that nothing gets into or out of but by the flows that are named here, each with its reason. */
export class SecurityGroup extends Construct {
  readonly group: Ec2SecurityGroup;
  readonly groupId: string;
  private readonly rules: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    this.validateDescription('description', props.description);
    this.group = new Ec2SecurityGroup(this, 'group', {
      name: props.groupName,
      description: props.description,
      vpcId: props.vpc.id,
      // A rule that somebody added by hand would otherwise keep the group from going.
      revokeRulesOnDelete: true,
      tags: { Name: props.groupName },
    });
    this.groupId = this.group.id;
  }

  /** What must exist before somebody in the group gets through: its rules so far. */
  get ready(): readonly ITerraformDependable[] {
    return [this.group, ...this.rules];
  }

  /** Lets `other` open TCP connections to a port of this group: one rule at each end, both saying why. */
  allowFrom(other: SecurityGroup, port: number, why: string): void {
    this.validatePort(port);
    this.validateDescription('why', why);
    const [mine, theirs] = [this, other].map(({ node }) => node.path.split('/').slice(1).join('_'));
    const flow = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: why };
    const ingress = new VpcSecurityGroupIngressRule(this, `from_${theirs}_${port}`, {
      ...flow,
      securityGroupId: this.groupId,
      referencedSecurityGroupId: other.groupId,
    });
    const egress = new VpcSecurityGroupEgressRule(other, `to_${mine}_${port}`, {
      ...flow,
      securityGroupId: other.groupId,
      referencedSecurityGroupId: this.groupId,
    });
    this.rules.push(ingress, egress);
    other.rules.push(ingress, egress);
  }

  /** Lets this group call a service behind a gateway endpoint, which has addresses of AWS and no group. */
  allowToGateway(gateway: VpcEndpoint, why: string): void {
    this.validateDescription('why', why);
    this.rules.push(
      new VpcSecurityGroupEgressRule(this, `to_${gateway.node.id}_443`, {
        securityGroupId: this.groupId,
        prefixListId: gateway.prefixListId,
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        description: why,
      }),
    );
  }

  private validatePort(port: number): void {
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
    throw new LakewrightError('CONSTRUCT_SECURITY_GROUP_PORT', `port: must be one port, 1 to 65535 (got ${port})`, {
      hint: 'a flow is one port; call allowFrom again for another',
    });
  }

  private validateDescription(property: string, text: string): void {
    if (DESCRIPTION.test(text)) return;
    throw new LakewrightError(
      'CONSTRUCT_SECURITY_GROUP_REASON',
      `${property}: must be 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* (got "${text}")`,
      { hint: 'say who needs it for what, without quotation marks and apostrophes' },
    );
  }
}
