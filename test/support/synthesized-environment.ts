import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, type EnvironmentName, type LocalPorts, loadEnvironment, projectRoot } from '@lakewright/config';
import { addAwsStacks } from '@lakewright/stacks-aws';
import { addDatabricksStacks } from '@lakewright/stacks-databricks';
import { App } from 'cdktf';

export type Attributes = Record<string, unknown>;
export interface StackJson {
  readonly terraform: { readonly backend: Record<string, Record<string, unknown>> };
  readonly provider: Record<string, Attributes[]>;
  readonly data?: Record<string, Record<string, { readonly config: Attributes }>>;
  readonly resource: Record<string, Record<string, Attributes>>;
  readonly output?: Record<string, Attributes>;
}

/** The one resource of a type in a stack, of those whose logical id begins with the name. @throws Error when there is none, or more */
export function onlyResource(stack: StackJson, type: string, name = ''): Attributes {
  const found = Object.entries(stack.resource[type] ?? {}).filter(([id]) => id.startsWith(name));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name}`);
  return found[0]![1];
}

/** Of nobody: no service is started, and no file of ports written. */
const PORTS: LocalPorts = {
  aws: 4566,
  engine: 50051,
  web: 8000,
  mysql: 13306,
  postgresql: 15432,
  dms: 14572,
  glue: 14573,
  athena: 14574,
};

/** An environment synthesized to disk, as main.ts does, at the depth of `cdktf.out`. */
export class SynthesizedEnvironment {
  private constructor(
    readonly environment: Environment,
    readonly folder: string,
  ) {}

  static async of(name: EnvironmentName, changes: Partial<Environment> = {}): Promise<SynthesizedEnvironment> {
    const cache = join(projectRoot(), 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, 'synthesized-'));
    const loaded = await loadEnvironment({ name, ports: PORTS, offline: false });
    const environment = { ...loaded, ...changes };
    const synthesized = new SynthesizedEnvironment(environment, folder);
    try {
      const app = new App({ outdir: folder, stackTraces: false });
      const aws = await addAwsStacks(app, environment);
      await addDatabricksStacks(app, environment, aws);
      app.synth();
    } catch (error) {
      synthesized.remove();
      throw error;
    }
    return synthesized;
  }

  /** One stack of an environment; nothing stays on disk. */
  static async stack(stack: string, name: EnvironmentName, changes: Partial<Environment> = {}): Promise<StackJson> {
    const synthesized = await SynthesizedEnvironment.of(name, changes);
    try {
      return synthesized.stack(stack);
    } finally {
      synthesized.remove();
    }
  }

  get stackNames(): string[] {
    return readdirSync(join(this.folder, 'stacks')).sort();
  }

  stack(name: string): StackJson {
    return JSON.parse(readFileSync(join(this.folder, 'stacks', name, 'cdk.tf.json'), 'utf8'));
  }

  /** Every resource of a type over all stacks: `stack/logical id` and its attributes. */
  resources(type: string): [string, Attributes][] {
    return this.stackNames.flatMap((stack) =>
      Object.entries(this.stack(stack).resource[type] ?? {}).map(([id, attributes]): [string, Attributes] => [
        `${stack}/${id}`,
        attributes,
      ]),
    );
  }

  /**
   * An ARN as it will be, where the JSON refers to a resource, of this stack or by the state of another one.
   * @throws Error for a type it does not know
   */
  knownArn(stack: string, text: string): string {
    return text.replaceAll(/\$\{([^}]+)\}/g, (_, reference: string) => {
      const far = reference.match(/^data\.terraform_remote_state\.cross-stack-reference-input-(.+)\.outputs\.(.+)$/);
      if (far) return this.knownArn(far[1]!, String(this.stack(far[1]!).output?.[far[2]!]?.value));
      const [type, id] = reference.split('.') as [string, string];
      const { region, accountId } = this.environment.aws;
      const { bucket, function_name, name } = this.stack(stack).resource[type]?.[id] ?? {};
      if (type === 'aws_s3_bucket') return `arn:aws:s3:::${bucket}`;
      if (type === 'aws_kms_key') return `arn:aws:kms:${region}:${accountId}:key/${id}`;
      if (type === 'aws_sqs_queue') return `arn:aws:sqs:${region}:${accountId}:${name}`;
      if (type === 'aws_secretsmanager_secret') return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-aB3dE6`;
      // Its one ARN that others are granted is that of the secret which RDS makes.
      if (type === 'aws_db_instance') return `arn:aws:secretsmanager:${region}:${accountId}:secret:rds!db-${id}-aB3dE6`;
      if (type === 'aws_cloudwatch_log_group') return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
      if (type === 'aws_dms_replication_task') return `arn:aws:dms:${region}:${accountId}:task:${'A'.repeat(26)}`;
      if (type === 'aws_lambda_function') return `arn:aws:lambda:${region}:${accountId}:function:${function_name}`;
      if (type === 'aws_sfn_state_machine') return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
      throw new Error(`${stack}: nobody knows the ARN of ${reference}`);
    });
  }

  /** Every file of the synth output, relative to its folder. */
  files(): { path: string; content: Buffer }[] {
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ path: path.slice(this.folder.length + 1), content: readFileSync(path) }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
