import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { DELIVERY_ROLE, LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { DELIVERY_DATABASES, deliveryDatabasePermissions } from './delivery-databases';
import { DELIVERY_LAKE, deliveryLakePermissions } from './delivery-lake';
import { deliveryPermissions, GITHUB_ISSUER } from './delivery-permissions';
import { managedPolicyDocument, type PolicyStatement } from './policy';
import { ServiceRole } from './service-role';

export interface GithubDeliveryProps {
  /** `owner/name`. */
  readonly repository: string;
  /** Only jobs that run in this GitHub environment get in, with its reviewers and branch rules. */
  readonly githubEnvironment: string;
}

/**
 * Lets GitHub Actions deploy without a stored key: the account trusts GitHub's tokens, and one role trusts those of one
 * environment of one repository. The role can make only roles within the permissions boundary, and can change neither the
 * boundary nor itself nor GitHub's way in: these three are deployed by an administrator, and only read here.
 */
export class GithubDelivery extends Construct {
  readonly provider: IamOpenidConnectProvider;
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: GithubDeliveryProps) {
    super(scope, id);
    this.validateRepository(props.repository);
    this.provider = new IamOpenidConnectProvider(this, 'provider', {
      url: `https://${GITHUB_ISSUER}`,
      clientIdList: ['sts.amazonaws.com'],
    });
    this.role = new ServiceRole(this, 'role', {
      roleName: DELIVERY_ROLE,
      unboundedBecause: 'it makes what the boundary keeps from the roles that it makes',
      description: `Deploys from ${props.repository} in the GitHub environment ${props.githubEnvironment}`,
      trust: [
        {
          sid: 'AssumeByGithubEnvironment',
          principals: { federated: [this.provider.arn] },
          actions: ['sts:AssumeRoleWithWebIdentity'],
          conditions: {
            StringEquals: {
              [`${GITHUB_ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${GITHUB_ISSUER}:sub`]: `repo:${props.repository}:environment:${props.githubEnvironment}`,
            },
          },
        },
      ],
    });
    this.role.addToPolicy(...deliveryPermissions(LakewrightStack.of(this)));
    this.addPermissions('databases', {
      name: DELIVERY_DATABASES,
      description: 'Networks, databases, secrets and replication that GitHub Actions deploys',
      statements: deliveryDatabasePermissions(LakewrightStack.of(this)),
    });
    this.addPermissions('lake', {
      name: DELIVERY_LAKE,
      description: 'Glue, Step Functions, schedules and Athena that GitHub Actions deploys',
      statements: deliveryLakePermissions(LakewrightStack.of(this)),
    });
  }

  /** Policies of their own: altogether they are more than a role holds inline. */
  private addPermissions(
    id: string,
    { name, description, statements }: { name: string; description: string; statements: PolicyStatement[] },
  ): void {
    const policy = new IamPolicy(this, id, { name, description, policy: managedPolicyDocument(statements) });
    new IamRolePolicyAttachment(this, `${id}_attachment`, { role: this.role.role.name, policyArn: policy.arn });
  }

  private validateRepository(repository: string): void {
    if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return;
    throw new LakewrightError('CONSTRUCT_DELIVERY', `repository: must be owner/name without wildcards (got "${repository}")`, {
      hint: 'delivery.repository of the environment',
    });
  }
}
