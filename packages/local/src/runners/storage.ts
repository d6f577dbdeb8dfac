import type { ResourceRunner, Runner } from './runner';
import { text } from './values';

/** There is nothing to make: the securable is kept in the metastore (`governed.ts`). */
const named: ResourceRunner = {
  limits: 'who may read and write the files below it; the engine reads the buckets directly',
  identity: (resource) => ({ name: text(resource, 'name') }),
  reconcile: async () => 'unchanged',
  remove: async () => {},
};

/** External locations and storage credentials. */
export const storageRunner: Runner = {
  family: 'catalog',
  resources: { databricks_storage_credential: named, databricks_external_location: named },
};
