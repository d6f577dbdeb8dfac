import { prepareStandins, startStandins } from '../../src/index';
import { SchemaStore } from '../../src/schema/schema-store';
import { type Extent, sampleResource } from './sample-config';
import { Workspace } from './terraform';

export type { Extent };

/** What became of a set of resource types: planned, applied, planned again, destroyed. */
export interface Outcome {
  readonly types: number;
  readonly applied: number;
  /** Types whose second plan was not empty, with what it would do. */
  readonly changed: Record<string, string>;
  readonly leftAfterDestroy: number;
}

/** The resource types of both providers. */
export async function everyType(): Promise<string[]> {
  const { providers } = await prepareStandins();
  return providers.flatMap(({ schemaFolder }) => new SchemaStore(schemaFolder).resourceTypes);
}

/** Takes one resource of each type through its whole life, with real Terraform. */
export async function liveAndDie(extent: Extent, types: readonly string[]): Promise<Outcome> {
  const kit = await prepareStandins();
  const stores = kit.providers.map(({ schemaFolder }) => new SchemaStore(schemaFolder));
  const resource: Record<string, object> = {};
  for (const type of types) {
    const schema = stores.map((store) => store.resource(type)).find((found) => found !== undefined);
    resource[type] = { it: sampleResource(schema ?? {}, extent) };
  }
  const running = await startStandins(kit);
  const workspace = new Workspace(running.env);
  try {
    workspace.write({ resource }).init().apply();
    const applied = Object.keys(workspace.state()).length;
    const changed = workspace.plannedActions();
    workspace.succeed('destroy', '-auto-approve');
    return { types: types.length, applied, changed, leftAfterDestroy: Object.keys(workspace.state()).length };
  } finally {
    workspace.remove();
    await running.stop();
  }
}
