import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment, LakewrightError, localPaths } from '@lakewright/config';
import { findTerraform } from './find-terraform';

/** One action Terraform plans for one resource. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: 'create' | 'update' | 'replace' | 'delete';
}

export interface Plan {
  /** Nothing to do at all, not even an output that changes. */
  readonly empty: boolean;
  readonly changes: readonly PlannedChange[];
}

/** Exit code of `plan -detailed-exitcode` when the plan is not empty (developer.hashicorp.com/terraform/cli/commands/plan). */
const DIFFERENT = 2;

/** A command that was killed leaves its Terraform at work for a moment; the state is free when that has ended. */
const LOCK_WAIT = '-lock-timeout=30s';

export interface TerraformOptions {
  /** Folder of the synthesized stack. */
  readonly folder: string;
  /** Added to the child's environment. */
  readonly env?: Record<string, string | undefined>;
  /** Every line Terraform prints, progress and errors alike. */
  readonly onLine?: (line: string) => void;
}

/** Terraform in one synthesized stack folder. */
export class Terraform {
  constructor(private readonly options: TerraformOptions) {}

  async init(): Promise<void> {
    await this.run(['init', '-input=false', '-no-color']);
  }

  /** Plans into the file `plan` of the stack folder and tells what it would do. */
  async plan(options: { readonly destroy?: boolean } = {}): Promise<Plan> {
    const args = ['plan', LOCK_WAIT, '-input=false', '-no-color', '-detailed-exitcode', '-out=plan'];
    const { code } = await this.run(options.destroy ? [...args, '-destroy'] : args, [0, DIFFERENT]);
    if (code === 0) return { empty: true, changes: [] };
    const document = JSON.parse((await this.run(['show', '-json', 'plan'])).stdout) as PlanDocument;
    const changes = (document.resource_changes ?? []).flatMap((change) => {
      const action = actionOf(change.change.actions);
      return action ? [{ address: change.address, type: change.type, action }] : [];
    });
    return { empty: false, changes };
  }

  /** Applies the file that `plan` wrote, exactly. */
  async applyPlan(): Promise<void> {
    await this.run(['apply', LOCK_WAIT, '-input=false', '-no-color', 'plan']);
  }

  /**
   * Checks the stack against the schemas of its providers.
   *
   * @throws LakewrightError DEPLOY_TERRAFORM with what is wrong and where
   */
  async validate(): Promise<void> {
    await this.run(['validate', '-no-color']);
  }

  /** What depends on what, in the DOT language. */
  async graph(): Promise<string> {
    return (await this.run(['graph'])).stdout;
  }

  /** The deployed state, or what `plan` wrote last, for people; sensitive values are hidden. */
  async describe(what: 'state' | 'plan'): Promise<string> {
    return (await this.run(['show', '-no-color', ...(what === 'plan' ? ['plan'] : [])])).stdout;
  }

  /** The deployed state as `terraform show -json` prints it. */
  async show(): Promise<unknown> {
    return JSON.parse((await this.run(['show', '-json'])).stdout);
  }

  private run(args: string[], good: readonly number[] = [0]): Promise<{ readonly code: number; readonly stdout: string }> {
    const { folder, env, onLine } = this.options;
    const child = spawn(findTerraform(), args, { cwd: folder, env: childEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    const quiet = args[0] === 'show' || args[0] === 'graph';
    const lines = (chunk: string) => {
      if (!quiet) for (const line of chunk.split('\n')) if (line.trim()) onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      lines(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      lines(chunk);
    });
    return new Promise((resolve, reject) => {
      child.on('error', (cause) =>
        reject(new LakewrightError('DEPLOY_TERRAFORM', `terraform could not be started in ${folder}`, { cause })),
      );
      child.on('close', (code) => {
        if (code !== null && good.includes(code)) return resolve({ code, stdout });
        reject(
          new LakewrightError(
            'DEPLOY_TERRAFORM',
            `terraform ${args[0]} failed (exit ${code}):\n${stderr.trim() || stdout.trim()}`,
            {
              hint: "the message above is Terraform's own; it names the resource",
            },
          ),
        );
      });
    });
  }
}

interface PlanDocument {
  readonly resource_changes?: readonly { address: string; type: string; change: { actions: readonly string[] } }[];
}

/** Actions as the plan representation lists them (developer.hashicorp.com/terraform/internals/json-format). */
function actionOf(actions: readonly string[]): PlannedChange['action'] | undefined {
  if (actions.includes('create') && actions.includes('delete')) return 'replace';
  const [action] = actions;
  return action === 'create' || action === 'update' || action === 'delete' ? action : undefined;
}

/** What Terraform needs to stay offline: a CLI configuration of our own, no version check, no prompt. */
export function offlineEnvironment(root: string): Record<string, string> {
  const { cache } = localPaths(root);
  const configuration = join(cache, 'terraform.rc');
  if (!existsSync(configuration)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(configuration, '# Lakewright: no installation rules of the user apply to the stand-in providers.\n');
  }
  return { TF_CLI_CONFIG_FILE: configuration, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
}
