import { prepareStandins, startStandins } from '../../src/index';
import { SchemaStore } from '../../src/schema/schema-store';
import { type Extent, sampleResource } from './sample-config';
import { Workspace } from './terraform';

/** What became of a set of resource types: planned, applied, planned again, destroyed. */
export interface Outcome {
  readonly types: number;
  readonly applied: number;
  /** Types whose second plan was not empty, with what it would do. */
  readonly changed: Record<string, string>;
  readonly leftAfterDestroy: number;
}

/** Takes one resource of every type that `wanted` accepts through its whole life, with real Terraform. */
export async function liveAndDie(extent: Extent, wanted: (type: string, index: number) => boolean): Promise<Outcome> {
  const kit = await prepareStandins();
  const resource: Record<string, object> = {};
  for (const provider of kit.providers) {
    const store = new SchemaStore(provider.schemaFolder);
    store.resourceTypes.filter(wanted).forEach((type) => {
      resource[type] = { it: sampleResource(store.resource(type) ?? {}, extent) };
    });
  }
  const running = await startStandins(kit);
  const workspace = new Workspace(running.env);
  try {
    workspace.write({ resource }).init().apply();
    const applied = Object.keys(workspace.state()).length;
    const changed = workspace.plannedActions();
    workspace.succeed('destroy', '-auto-approve');
    return { types: Object.keys(resource).length, applied, changed, leftAfterDestroy: Object.keys(workspace.state()).length };
  } finally {
    workspace.remove();
    await running.stop();
  }
}
