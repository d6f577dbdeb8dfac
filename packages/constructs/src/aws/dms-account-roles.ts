import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { policyDocument } from './policy';

/** Exact names: DMS looks for these (DMS User Guide, "Creating the IAM roles to use with AWS DMS"). */
export const DMS_ROLES = {
  /** Puts replication instances into subnets. */
  vpc: { name: 'dms-vpc-role', policy: 'service-role/AmazonDMSVPCManagementRole' },
  /** Writes the logs of tasks. */
  logs: { name: 'dms-cloudwatch-logs-role', policy: 'service-role/AmazonDMSCloudWatchLogsRole' },
} as const;

/**
 * The two roles that DMS wants once in an account. `new` makes them, in the foundation; where somebody else made them,
 * `fromAccount()` stands for them. Without them no replication instance can be made, so that it asks for one of these.
 *
 * They lie outside the project's path and have AWS' own policies, which AWS keeps up with the service: an administrator deploys them.
 */
export class DmsAccountRoles extends Construct {
  /** Roles that are in the account already, by their names. */
  static fromAccount(): DmsRoles {
    return { vpcRoleName: DMS_ROLES.vpc.name, logsRoleName: DMS_ROLES.logs.name };
  }

  readonly vpcRoleName: string;
  readonly logsRoleName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpcRoleName = this.addRole('vpc').name;
    this.logsRoleName = this.addRole('logs').name;
  }

  private addRole(id: keyof typeof DMS_ROLES): IamRole {
    const { partition } = LakewrightStack.of(this).environment.aws;
    const { name, policy } = DMS_ROLES[id];
    const role = new IamRole(this, id, {
      name,
      description: 'What AWS DMS may do in this account',
      assumeRolePolicy: policyDocument([
        { sid: 'AssumeByDms', principals: { services: ['dms.amazonaws.com'] }, actions: ['sts:AssumeRole'] },
      ]),
    });
    new IamRolePolicyAttachment(this, `${id}_policy`, {
      role: role.name,
      policyArn: `arn:${partition}:iam::aws:policy/${policy}`,
    });
    return role;
  }
}

/** The account's roles of DMS, wherever they come from. */
export interface DmsRoles {
  readonly vpcRoleName: string;
  readonly logsRoleName: string;
}
