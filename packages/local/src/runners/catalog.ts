import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import type { Outcome, RecordedResource, ResourceRunner, Runner } from './runner';
import { text } from './values';

const catalog: ResourceRunner = {
  identity: (resource) => ({ catalog: text(resource, 'name') }),
  reconcile: async (resource, { local }) => makeFolder(join(local.paths.lake, text(resource, 'name'))),
  remove: async (recorded, { local }) => removeFolder(join(local.paths.lake, recorded.identity.catalog!), recorded),
};

const schema: ResourceRunner = {
  identity: (resource) => ({ catalog: text(resource, 'catalog_name'), schema: text(resource, 'name') }),
  reconcile: async (resource, { local }) =>
    makeFolder(join(local.paths.lake, text(resource, 'catalog_name'), text(resource, 'name'))),
  remove: async (recorded, { local }) =>
    removeFolder(join(local.paths.lake, recorded.identity.catalog!, recorded.identity.schema!), recorded),
};

const volume: ResourceRunner = {
  limits: 'managed volumes, as folders',
  identity: (resource) => ({
    catalog: text(resource, 'catalog_name'),
    schema: text(resource, 'schema_name'),
    volume: text(resource, 'name'),
  }),
  async reconcile(resource, { local }) {
    const type = text(resource, 'volume_type');
    if (type !== 'MANAGED') {
      throw new LakewrightError('LOCAL_VOLUME_TYPE', `${resource.address}: a volume of the type ${type} does not run locally`, {
        hint: "make it MANAGED; files of a bucket are read by the bucket's own address",
      });
    }
    const names = ['catalog_name', 'schema_name', 'name'].map((attribute) => text(resource, attribute).toLowerCase());
    return makeFolder(join(local.paths.volumes, ...names));
  },
  // As in the cloud: the files of a managed volume go with it.
  async remove({ identity }, { local }) {
    const names = [identity.catalog!, identity.schema!, identity.volume!].map((name) => name.toLowerCase());
    rmSync(join(local.paths.volumes, ...names), { recursive: true, force: true });
  },
};

function makeFolder(folder: string): Outcome {
  if (existsSync(folder)) return 'unchanged';
  mkdirSync(folder, { recursive: true });
  return 'created';
}

function removeFolder(folder: string, { forceDestroy, address, identity }: RecordedResource): void {
  if (!existsSync(folder)) return;
  if (!forceDestroy && readdirSync(folder).length > 0) {
    const name = Object.values(identity).join('.');
    throw new LakewrightError('LOCAL_NOT_EMPTY', `${address} has left the stacks, but ${name} holds tables or schemas`, {
      hint: 'deploy it with forceDestroy first, or bring the resource back; lakewright down --purge forgets everything',
    });
  }
  rmSync(folder, { recursive: true });
}

/** Catalogs and schemas: folders of the lake; volumes: folders beside it. */
export const catalogRunner: Runner = {
  family: 'catalog',
  resources: { databricks_catalog: catalog, databricks_schema: schema, databricks_volume: volume },
};
