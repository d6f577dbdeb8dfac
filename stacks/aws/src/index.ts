import { type Environment, systemsWithStack } from '@lakewright/config';
import type { Construct } from 'constructs';
import { AwsFoundationStack } from './foundation';
import type { AwsSystemProps, AwsSystemStack } from './system-stack';

export { AwsFoundationStack } from './foundation';
export { type AwsSystemProps, AwsSystemStack, type BucketFolder } from './system-stack';

export interface AwsStacks {
  readonly foundation: AwsFoundationStack;
  /** By name of the system. */
  readonly systems: Readonly<Record<string, AwsSystemStack>>;
}

/**
 * The AWS stacks of an environment: the foundation, and one for each of its systems.
 *
 * @throws LakewrightError CONFIG_STACK_FILE for a file in `systems/` that is missing or of no system
 */
export async function addAwsStacks(scope: Construct, environment: Environment): Promise<AwsStacks> {
  const foundation = new AwsFoundationStack(scope, environment);
  const systems: Record<string, AwsSystemStack> = {};
  for (const system of systemsWithStack('aws', environment.systems)) {
    // The template is what esbuild needs to take the whole folder into the bundle: a new file there is found by its name.
    const { default: SystemStack } = (await import(`./systems/${system}.ts`)) as {
      default: new (scope: Construct, props: AwsSystemProps) => AwsSystemStack;
    };
    systems[system] = new SystemStack(scope, { system, environment, foundation });
  }
  return { foundation, systems };
}
