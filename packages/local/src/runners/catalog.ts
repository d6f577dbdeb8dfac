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

/** Catalogs and schemas: folders of the lake. */
export const catalogRunner: Runner = {
  family: 'catalog',
  resources: { databricks_catalog: catalog, databricks_schema: schema },
};
