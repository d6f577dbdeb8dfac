import { type Environment, systemsWithStack } from '@lakewright/config';
import type { LakewrightStack } from '@lakewright/constructs';
import type { Construct } from 'constructs';
import { AwsFoundationStack } from './foundation';

export { AwsFoundationStack } from './foundation';

/** What a file in `systems/` exports as its default: the stack `aws-<system>`. */
export type AwsSystemStack = new (scope: Construct, environment: Environment, foundation: AwsFoundationStack) => LakewrightStack;

export interface AwsStacks {
  readonly foundation: AwsFoundationStack;
  /** By name of the system; a system without a file in `systems/` has no stack here. */
  readonly systems: Readonly<Record<string, LakewrightStack>>;
}

/** The AWS stacks of an environment: the foundation, and one for each of its systems that has one. */
export async function addAwsStacks(scope: Construct, environment: Environment): Promise<AwsStacks> {
  const foundation = new AwsFoundationStack(scope, environment);
  const systems: Record<string, LakewrightStack> = {};
  for (const name of systemsWithStack('aws', environment.systems)) {
    // The template is what esbuild needs to take the whole folder into the bundle: a new file there is found by its name.
    const { default: SystemStack } = (await import(`./systems/${name}.ts`)) as { default: AwsSystemStack };
    systems[name] = new SystemStack(scope, environment, foundation);
  }
  return { foundation, systems };
}
