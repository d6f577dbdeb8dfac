import { ADMIN, type Kind, ref, type Securable } from '@lakewright/catalog';
import { securables } from '../catalog/deployed';
import type { DeployedResource } from '../deployment/deployment';
import type { Outcome, ResourceRunner } from './runner';
import { optionalText, text } from './values';

/** Terraform types that are securables of Unity Catalog, with the attributes that make their names. */
const SECURABLES: Readonly<Record<string, { readonly kind: Kind; readonly name: readonly string[] }>> = {
  databricks_catalog: { kind: 'catalog', name: ['name'] },
  databricks_schema: { kind: 'schema', name: ['catalog_name', 'name'] },
  databricks_volume: { kind: 'volume', name: ['catalog_name', 'schema_name', 'name'] },
  databricks_external_location: { kind: 'external_location', name: ['name'] },
  databricks_storage_credential: { kind: 'storage_credential', name: ['name'] },
};

/** A runner that beside its own work keeps the securable of its resource in the metastore; any other type's as it is. */
export function governed(type: string, runner: ResourceRunner): ResourceRunner {
  if (!SECURABLES[type]) return runner;
  return {
    ...(runner.limits === undefined ? {} : { limits: runner.limits }),
    identity: (resource) => runner.identity(resource),
    async reconcile(resource, context) {
      const outcome = await runner.reconcile(resource, context);
      const securable = securableOf(resource);
      return together(outcome, securables(context.local.paths).put(`${securable.kind}:${securable.name}`, securable));
    },
    async remove(recorded, context) {
      await runner.remove(recorded, context);
      const kept = securables(context.local.paths);
      for (const key of kept.keys()) {
        const origin = kept.get(key)?.origin;
        if (origin?.stack === recorded.stack && origin.address === recorded.address) kept.delete(key);
      }
    },
  };
}

/** What was made counts most. */
function together(made: Outcome, recorded: Outcome): Outcome {
  if (made !== 'unchanged' || recorded === 'unchanged') return made;
  return recorded;
}

function securableOf(resource: DeployedResource): Securable {
  const { kind, name } = SECURABLES[resource.type]!;
  const comment = optionalText(resource.values, 'comment');
  const url = kind === 'external_location' ? optionalText(resource.values, 'url') : undefined;
  return {
    ...ref(kind, name.map((attribute) => text(resource, attribute)).join('.')),
    owner: optionalText(resource.values, 'owner') ?? ADMIN.name,
    ...(comment === undefined ? {} : { comment }),
    ...(url === undefined ? {} : { url }),
    origin: { stack: resource.stack, address: resource.address },
  };
}
