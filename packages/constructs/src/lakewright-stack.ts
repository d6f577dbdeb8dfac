import { join, relative, resolve, sep } from 'node:path';
import { type Environment, LakewrightError, processEnvironment, projectRoot, stateFolder } from '@lakewright/config';
import { App, CloudBackend, LocalBackend, NamedCloudWorkspace, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';

/** A stack of one environment: knows the environment and keeps its state where the environment says. */
export class LakewrightStack extends TerraformStack {
  private outputs?: Construct;

  /**
   * The stack a construct stands in.
   *
   * @throws LakewrightError CONSTRUCT_STACK when it stands in none of ours
   */
  static override of(construct: IConstruct): LakewrightStack {
    const stack = TerraformStack.of(construct);
    if (stack instanceof LakewrightStack) return stack;
    throw new LakewrightError('CONSTRUCT_STACK', `scope: ${construct.node.path} must stand in a LakewrightStack`, {
      hint: 'constructs take the environment from the stack: extend LakewrightStack',
    });
  }

  constructor(
    scope: Construct,
    /** The stack's name, its folder in the synth output and its key in the state: `aws-listings`. */
    readonly stackName: string,
    readonly environment: Environment,
  ) {
    super(scope, stackName);
    this.addBackend();
  }

  /** True when both keys are turned: the environment allows losing data, and the resource asks to be allowed to. */
  mayLoseData(asked: boolean | undefined): boolean {
    return this.environment.allowDataLoss && asked === true;
  }

  /** Values that people and the data plane ask for by these names: `terraform output catalog`. */
  addOutputs(outputs: Readonly<Record<string, string>>): void {
    // A scope of their own: an output may be called like the construct it comes from.
    this.outputs ??= new Construct(this, 'outputs');
    for (const [id, value] of Object.entries(outputs)) new TerraformOutput(this.outputs, id, { value, staticId: true });
  }

  private addBackend(): void {
    const { backend, name } = this.environment;
    if (backend.type === 'local') {
      new LocalBackend(this, { path: this.localStatePath() });
    } else if (backend.type === 's3') {
      const { bucket, region, kmsKeyId } = backend;
      new S3Backend(this, { bucket, region, kmsKeyId, key: `${name}/${this.stackName}`, encrypt: true });
      // Locks by a conditional write beside the state; cdktf 0.21 has no property for it.
      this.addOverride('terraform.backend.s3.use_lockfile', true);
    } else {
      const workspaces = new NamedCloudWorkspace(`${name}-${this.stackName}`);
      new CloudBackend(this, { organization: backend.organization, hostname: backend.hostname, workspaces });
    }
  }

  /** Relative to the stack's folder, where Terraform runs: the checkout can be moved, and no path of a machine gets into the output. */
  private localStatePath(): string {
    const root = projectRoot();
    const folder = resolve(App.of(this).outdir, 'stacks', this.stackName);
    const state = processEnvironment().stateRoot;
    const states = state ? join(resolve(root, state), this.environment.name) : join(root, stateFolder(this.environment.name));
    return relative(folder, join(states, `${this.stackName}.tfstate`))
      .split(sep)
      .join('/');
  }
}
