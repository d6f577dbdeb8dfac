import type { DeployedResource, Deployment } from '../deployment/deployment';
import { rankOf } from '../runners';

/**
 * The resources in the order in which they can be made: stack after stack, within a stack after those that Terraform made
 * first, and where that leaves a choice by the rank of their types and their addresses.
 */
export function inOrder(deployment: Deployment): DeployedResource[] {
  return deployment.stacks.flatMap((stack) => stackInOrder(deployment.resources.filter((resource) => resource.stack === stack)));
}

function stackInOrder(resources: readonly DeployedResource[]): DeployedResource[] {
  const waiting = [...resources].sort((a, b) => rankOf(a.type) - rankOf(b.type) || a.address.localeCompare(b.address));
  const unmade = new Set(waiting.map(({ address }) => address));
  const ordered: DeployedResource[] = [];
  while (waiting.length > 0) {
    // Terraform knows no circles; should a state hold one, the rank decides.
    const ready = waiting.findIndex(
      ({ dependsOn, address }) => !dependsOn.some((other) => other !== address && unmade.has(other)),
    );
    const [next] = waiting.splice(Math.max(ready, 0), 1);
    unmade.delete(next!.address);
    ordered.push(next!);
  }
  return ordered;
}
