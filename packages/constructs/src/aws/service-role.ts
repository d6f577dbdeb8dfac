import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { LakewrightError, ROLE_PATH } from '@lakewright/config';
import { type ITerraformDependable, Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { boundaryArn } from './iam-names';
import { beyondBoundary } from './permissions-boundary';
import { type Grantee, INLINE_POLICY_SIZE, type PolicyStatement, policyDocument } from './policy';

export interface ServiceRoleProps {
  /** Name in the account, at most 64 characters. */
  readonly roleName: string;
  readonly description: string;
  /** Who may assume it, under which conditions. */
  readonly trust: readonly PolicyStatement[];
  /**
   * Why the account's permissions boundary cannot hold for it. Only an administrator can deploy such a role.
   * @default the role can do nothing beyond the boundary, whatever it is granted
   */
  readonly unboundedBecause?: string;
}

/** A role for one purpose with one inline policy that grows by grants, within the account's permissions boundary. */
export class ServiceRole extends Construct implements Grantee {
  readonly role: IamRole;
  readonly arn: string;
  /** What must exist before the role can do its work. */
  readonly ready: readonly ITerraformDependable[];
  private readonly statements: PolicyStatement[] = [];
  private readonly bounded: boolean;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    this.validateName(props.roleName);
    this.bounded = props.unboundedBecause === undefined;
    this.role = new IamRole(this, 'role', {
      name: props.roleName,
      path: ROLE_PATH,
      description: props.description,
      assumeRolePolicy: policyDocument(props.trust),
      permissionsBoundary: this.bounded ? boundaryArn(LakewrightStack.of(this)) : undefined,
    });
    this.arn = this.role.arn;
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'permissions',
      role: this.role.name,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
    this.ready = [this.role, policy];
    this.node.addValidation({
      validate: () => [...this.validatePermissions(), ...this.validateSize(), ...this.validateBoundary()],
    });
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

  private validateSize(): string[] {
    const size = policyDocument(this.statements).length;
    if (size <= INLINE_POLICY_SIZE) return [];
    return [
      `${this.node.path}: its policy must be ${INLINE_POLICY_SIZE} characters at most (got ${size}); attach a part as a managed policy`,
    ];
  }

  /** AWS would take the policy and refuse the calls. */
  private validateBoundary(): string[] {
    if (!this.bounded) return [];
    const stack = LakewrightStack.of(this);
    return this.statements.flatMap((statement) =>
      beyondBoundary(stack, statement).map(
        (action) =>
          `${this.node.path}: statement ${statement.sid} must stay within the permissions boundary (got ${action}); ` +
          'add the action to permissions-boundary.ts, or do without it',
      ),
    );
  }
}
