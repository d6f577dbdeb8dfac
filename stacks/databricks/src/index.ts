import { type Environment, systemsWithStack } from '@lakewright/config';
import type { LakewrightStack } from '@lakewright/constructs';
import type { AwsStacks } from '@lakewright/stacks-aws';
import type { Construct } from 'constructs';
import { DatabricksFoundationStack } from './foundation';

export { DatabricksFoundationStack } from './foundation';

/** What a file in `systems/` exports as its default: the stack `databricks-<system>`. */
export type DatabricksSystemStack = new (
  scope: Construct,
  environment: Environment,
  foundation: DatabricksFoundationStack,
  /** The system's own AWS stack; its file says which class that is. */
  aws: LakewrightStack | undefined,
) => LakewrightStack;

export interface DatabricksStacks {
  readonly foundation: DatabricksFoundationStack;
  /** By name of the system; a system without a file in `systems/` has no stack here. */
  readonly systems: Readonly<Record<string, LakewrightStack>>;
}

/** The Databricks stacks of an environment: the foundation, and one for each of its systems that has one. */
export async function addDatabricksStacks(scope: Construct, environment: Environment, aws: AwsStacks): Promise<DatabricksStacks> {
  const foundation = new DatabricksFoundationStack(scope, environment);
  const systems: Record<string, LakewrightStack> = {};
  for (const name of systemsWithStack('databricks', environment.systems)) {
    // The template is what esbuild needs to take the whole folder into the bundle: a new file there is found by its name.
    const { default: SystemStack } = (await import(`./systems/${name}.ts`)) as { default: DatabricksSystemStack };
    systems[name] = new SystemStack(scope, environment, foundation, aws.systems[name]);
  }
  return { foundation, systems };
}
