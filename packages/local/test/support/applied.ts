import { type LocalContext, readDeployment, reconcile } from '../../src';
import type { Outcome } from '../../src/runners/runner';
import { stateOf, type TestResource } from './state';

/** Makes the resources of one stack real: what became of each by its address, and what the user is told. */
export async function applied(
  context: LocalContext,
  folder: string,
  resources: readonly TestResource[],
): Promise<{ outcomes: Record<string, Outcome | 'removed' | 'state only'>; notices: readonly string[] }> {
  const { outcomes, notices } = await reconcile(context, readDeployment(context, [stateOf('test', folder, resources)]));
  return { outcomes: Object.fromEntries(outcomes.map(({ address, outcome }) => [address, outcome])), notices };
}
