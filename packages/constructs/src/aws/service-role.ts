import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { LakewrightError } from '@lakewright/config';
import { type ITerraformDependable, Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { type Grantee, type PolicyStatement, policyDocument } from './policy';

/** All roles of the project lie on this path, so that the right to manage them can be given by it. */
export const ROLE_PATH = '/lakewright/';

export interface ServiceRoleProps {
  /** Name in the account, at most 64 characters. */
  readonly roleName: string;
  readonly description: string;
  /** Who may assume it, under which conditions. */
  readonly trust: readonly PolicyStatement[];
}

/** The ARN of a role before it exists: breaks the cycle where the other side must be told first. */
export function roleArn(stack: LakewrightStack, roleName: string): string {
  const { partition, accountId } = stack.environment.aws;
  return `arn:${partition}:iam::${accountId}:role${ROLE_PATH}${roleName}`;
}

/** A role for one purpose with one inline policy that grows by grants. */
export class ServiceRole extends Construct implements Grantee {
  readonly role: IamRole;
  readonly arn: string;
  /** What must exist before the role can do its work. */
  readonly ready: readonly ITerraformDependable[];
  private readonly statements: PolicyStatement[] = [];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    this.validateName(props.roleName);
    this.role = new IamRole(this, 'role', {
      name: props.roleName,
      path: ROLE_PATH,
      description: props.description,
      assumeRolePolicy: policyDocument(props.trust),
    });
    this.arn = this.role.arn;
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'permissions',
      role: this.role.name,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
    this.ready = [this.role, policy];
    this.node.addValidation({ validate: () => this.validatePermissions() });
  }

  /** Adds what is not there yet; a second statement of one name gets a number, because IAM wants the names unique. */
  addToPolicy(...statements: PolicyStatement[]): void {
    for (const statement of statements) {
      const sameName = this.statements.filter(({ sid }) => sid.replace(/\d+$/, '') === statement.sid);
      if (sameName.some((other) => JSON.stringify({ ...other, sid: statement.sid }) === JSON.stringify(statement))) continue;
      this.statements.push(sameName.length === 0 ? statement : { ...statement, sid: `${statement.sid}${sameName.length + 1}` });
    }
  }

  private validateName(name: string): void {
    if (/^[\w+=,.@-]{1,64}$/.test(name)) return;
    throw new LakewrightError('CONSTRUCT_ROLE_NAME', `roleName: must be 1 to 64 characters of an IAM name (got "${name}")`, {
      hint: 'shorten it',
    });
  }

  private validatePermissions(): string[] {
    if (this.statements.length > 0) return [];
    return [`${this.node.path}: a role must be granted something (got no statement); grant it what it needs, or remove it`];
  }
}
