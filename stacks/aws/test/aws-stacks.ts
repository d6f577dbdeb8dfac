import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, type EnvironmentName, loadEnvironment } from '@lakewright/config';
import { App } from 'cdktf';
import { addAwsStacks } from '../src';

export type Attributes = Record<string, unknown>;
export interface StackJson {
  readonly resource: Record<string, Record<string, Attributes>>;
  readonly output?: Record<string, Attributes>;
}

/** The AWS stacks of an environment, by name, as synthesized. */
export async function awsStacks(name: EnvironmentName, changes: Partial<Environment> = {}): Promise<Record<string, StackJson>> {
  const outdir = mkdtempSync(join(tmpdir(), 'lakewright-aws-'));
  try {
    const app = new App({ outdir, stackTraces: false });
    const environment = { ...(await loadEnvironment({ name, root: outdir, offline: false })), ...changes };
    const { foundation, systems } = await addAwsStacks(app, environment);
    app.synth();
    const names = [foundation, ...Object.values(systems)].map(({ stackName }) => stackName);
    const json = (stack: string) => JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as StackJson;
    return Object.fromEntries(names.map((stack) => [stack, json(stack)]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
