import { DatabricksProvider } from '@cdktf/provider-databricks/lib/provider';
import type { LakewrightStack } from '../lakewright-stack';

/** The Databricks provider of a stack: the environment's workspace. Who deploys is up to the provider's own environment variables. */
export function addDatabricksProvider(stack: LakewrightStack): DatabricksProvider {
  return new DatabricksProvider(stack, 'databricks', { host: stack.environment.databricks.host });
}
