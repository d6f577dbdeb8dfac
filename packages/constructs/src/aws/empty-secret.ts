import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import type { Grantee } from './policy';
import type { StackKey } from './stack-key';

export interface EmptySecretProps {
  /** Begins with `lakewright/`: what the permissions boundary lets roles read. */
  readonly secretName: string;
  /** What will be in it, and who puts it there. */
  readonly description: string;
  readonly key: StackKey;
  /**
   * The second key to losing data: gone at once with a destroy.
   * @default a destroyed secret can be restored for thirty days
   */
  readonly mayLoseData?: boolean;
}

/**
 * A secret that Terraform makes and never fills: its value is put there by what generates it, so that no plan, state or log holds it.
 * Without a policy of its own it is open to nobody but those of the account whose role names it (Secrets Manager User Guide,
 * "Resource-based policies").
 */
export class EmptySecret extends Construct {
  readonly secret: SecretsmanagerSecret;
  readonly arn: string;
  private readonly key: StackKey;

  constructor(scope: Construct, id: string, props: EmptySecretProps) {
    super(scope, id);
    this.validateName(props.secretName);
    this.key = props.key;
    this.secret = new SecretsmanagerSecret(this, 'secret', {
      name: props.secretName,
      description: props.description,
      kmsKeyId: props.key.arn,
      recoveryWindowInDays: LakewrightStack.of(this).mayLoseData(props.mayLoseData) ? 0 : 30,
    });
    this.arn = this.secret.arn;
  }

  grantRead(grantee: Grantee): void {
    const actions = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
    grantee.addToPolicy({ sid: this.sid('Read'), actions, resources: [this.arn] });
    this.key.grantDecrypt(grantee);
  }

  /** Put a new value. */
  grantWrite(grantee: Grantee): void {
    grantee.addToPolicy({ sid: this.sid('Put'), actions: ['secretsmanager:PutSecretValue'], resources: [this.arn] });
    this.key.grantEncryptDecrypt(grantee);
  }

  private sid(verb: string): string {
    return `${verb}${this.node.id.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  }

  private validateName(name: string): void {
    if (/^lakewright\/[\w/-]{1,200}$/.test(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_SECRET_NAME',
      `secretName: must be lakewright/ and 1 to 200 letters, digits, "/", "_" and "-" (got "${name}")`,
      { hint: 'lakewright/<system>/<user>' },
    );
  }
}
