import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '@lakewright/config';

/** Both stand-ins as a stack would configure them. */
export const PROVIDERS = {
  terraform: {
    required_providers: {
      aws: { source: 'aws', version: '6.25.0' },
      databricks: { source: 'databricks/databricks', version: '1.99.0' },
    },
  },
  provider: {
    aws: [
      {
        region: 'eu-west-1',
        allowed_account_ids: ['123456789012'],
        access_key: 'AKIASECRETACCESSKEY1',
        secret_key: 'secret-of-the-provider',
        default_tags: [{ tags: { project: 'lakewright' } }],
        endpoints: [{ sqs: 'http://127.0.0.1:4566' }],
      },
    ],
    databricks: [{ host: 'http://127.0.0.1:8080', token: 'token-of-the-provider' }],
  },
} as const;

export interface Run {
  readonly code: number;
  readonly stdout: string;
  /** stdout and stderr. */
  readonly text: string;
}

export type State = Record<string, Record<string, unknown>>;

/** A scratch folder with a configuration, and Terraform in it. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'standin-'));

  constructor(private readonly env: Record<string, string> = {}) {}

  /** Replaces the configuration: both providers and what is given, in Terraform's JSON syntax. */
  write(configuration: object): this {
    writeFileSync(join(this.folder, 'cdk.tf.json'), JSON.stringify({ ...PROVIDERS, ...configuration }, undefined, 1));
    return this;
  }

  terraform(...args: string[]): Run {
    const run = spawnSync('terraform', [...args], {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: childEnvironment({
        TF_CLI_CONFIG_FILE: join(this.folder, 'there-is-no-such-file'),
        CHECKPOINT_DISABLE: '1',
        TF_REATTACH_PROVIDERS: undefined,
        NO_COLOR: '1',
        ...this.env,
      }),
    });
    return { code: run.status ?? -1, stdout: run.stdout, text: `${run.stdout}${run.stderr}` };
  }

  /** @throws Error with Terraform's own words when it fails */
  succeed(...args: string[]): string {
    const { code, text } = this.terraform(...args, '-no-color');
    if (code !== 0) throw new Error(`terraform ${args.join(' ')}: exit code ${code}\n${text}`);
    return text;
  }

  init(): this {
    this.succeed('init', '-input=false');
    return this;
  }

  apply(): string {
    return this.succeed('apply', '-auto-approve', '-input=false');
  }

  /** What a plan would do, by address: `create`, `update`, `delete,create`. Unchanged resources are left out. */
  plannedActions(): Record<string, string> {
    this.succeed('plan', '-input=false', '-out=plan.bin');
    const plan = JSON.parse(this.terraform('show', '-json', 'plan.bin').stdout) as {
      resource_changes?: { address: string; change: { actions: string[] } }[];
    };
    const changes = (plan.resource_changes ?? []).map(({ address, change }) => [address, change.actions.join(',')] as const);
    return Object.fromEntries(changes.filter(([, actions]) => actions !== 'no-op'));
  }

  /** Attributes in the state, by address. */
  state(): State {
    const shown = JSON.parse(this.terraform('show', '-json').stdout) as {
      values?: { root_module: { resources?: { address: string; values: Record<string, unknown> }[] } };
    };
    return Object.fromEntries((shown.values?.root_module.resources ?? []).map(({ address, values }) => [address, values]));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
