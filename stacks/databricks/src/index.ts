import { type Environment, systemsWithStack } from '@lakewright/config';
import type { AwsStacks } from '@lakewright/stacks-aws';
import type { Construct } from 'constructs';
import { DatabricksFoundationStack } from './foundation';
import type { DatabricksSystemProps, DatabricksSystemStack } from './system-stack';

export { DatabricksFoundationStack } from './foundation';
export { type DatabricksSystemProps, DatabricksSystemStack } from './system-stack';

export interface DatabricksStacks {
  readonly foundation: DatabricksFoundationStack;
  /** By name of the system; one whose manifest leaves Databricks out has none. */
  readonly systems: Readonly<Record<string, DatabricksSystemStack>>;
}

/**
 * The Databricks stacks of an environment: the foundation, and one for each of its systems that has one.
 *
 * @throws LakewrightError CONFIG_STACK_FILE for a file in `systems/` that is missing or of no system
 */
export async function addDatabricksStacks(scope: Construct, environment: Environment, aws: AwsStacks): Promise<DatabricksStacks> {
  const foundation = new DatabricksFoundationStack(scope, environment);
  const systems: Record<string, DatabricksSystemStack> = {};
  for (const system of systemsWithStack('databricks', environment.systems)) {
    // The template is what esbuild needs to take the whole folder into the bundle: a new file there is found by its name.
    const { default: SystemStack } = (await import(`./systems/${system}.ts`)) as {
      default: new (scope: Construct, props: DatabricksSystemProps) => DatabricksSystemStack;
    };
    // There: a manifest that names Databricks names AWS too.
    systems[system] = new SystemStack(scope, { system, environment, foundation, aws: aws.systems[system]! });
  }
  return { foundation, systems };
}
