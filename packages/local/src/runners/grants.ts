import { randomUUID } from 'node:crypto';
import { type GrantSet, type Kind, METASTORE, parsePrivilege, ref, type SecurableRef } from '@lakewright/catalog';
import { LakewrightError } from '@lakewright/config';
import { auditLog, grantSets } from '../catalog/deployed';
import type { LocalContext } from '../context';
import type { DeployedResource } from '../deployment/deployment';
import type { Facts, RecordedResource, ResourceRunner, Runner } from './runner';
import { type Block, blocks, optionalText, text, texts } from './values';

/** The attribute that names the securable, by its kind here. */
const ATTRIBUTES: Readonly<Record<string, Kind>> = {
  metastore: 'metastore',
  catalog: 'catalog',
  schema: 'schema',
  table: 'table',
  volume: 'volume',
  function: 'function',
  external_location: 'external_location',
  storage_credential: 'storage_credential',
};

const LIMITS =
  'holds in lakewright sql --as and in updates of pipelines; not for whoever opens the files, and not for pages of dashboards';

/** All grants of one securable. */
const grants: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => keyFact(securableOf(resource)),
  reconcile: async (resource, { local }) => {
    const granted = blocks(resource.values, 'grant').map((block) => ({
      principal: principalOf(resource, block),
      privileges: texts(block, 'privileges'),
    }));
    return put(local, resource, granted, identityKey(grants.identity(resource)));
  },
  remove: async (recorded, { local }) => remove(local, recorded),
};

/** Those of one principal on one securable. */
const grant: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ ...keyFact(securableOf(resource)), principal: text(resource, 'principal') }),
  reconcile: async (resource, { local }) => {
    const granted = [{ principal: text(resource, 'principal'), privileges: texts(resource.values, 'privileges') }];
    return put(local, resource, granted, identityKey(grant.identity(resource)));
  },
  remove: async (recorded, { local }) => remove(local, recorded),
};

interface Granted {
  readonly principal: string;
  readonly privileges: readonly string[];
}

function put(local: LocalContext, resource: DeployedResource, granted: readonly Granted[], key: string) {
  const on = securableOf(resource);
  const parsed = granted.map(({ principal, privileges }) => ({
    principal,
    privileges: privileges.map((privilege) => parsePrivilege(privilege, on)).sort(),
  }));
  const set: GrantSet = { ...on, grants: parsed, origin: { stack: resource.stack, address: resource.address } };
  const kept = grantSets(local.paths);
  const before = kept.get(key);
  const outcome = kept.put(key, set);
  if (outcome !== 'unchanged') audit(local, set, before);
  return outcome;
}

function remove(local: LocalContext, { identity }: RecordedResource): void {
  const kept = grantSets(local.paths);
  const key = identityKey(identity);
  const before = kept.get(key);
  kept.delete(key);
  if (before) audit(local, { ...before, grants: [] }, before);
}

/** Who got and who lost what, as the platform's log says it ("Audit log reference", docs.databricks.com, updatePermissions). */
function audit(local: LocalContext, after: GrantSet, before: GrantSet | undefined): void {
  const held = (set: GrantSet | undefined, name: string) =>
    set?.grants.filter(({ principal }) => principal === name).flatMap(({ privileges }) => privileges) ?? [];
  const names = [...new Set([...after.grants, ...(before?.grants ?? [])].map(({ principal }) => principal))];
  const changes = names.map((principal) => {
    const [now, earlier] = [held(after, principal), held(before, principal)];
    return {
      principal,
      add: now.filter((each) => !earlier.includes(each)),
      remove: earlier.filter((each) => !now.includes(each)),
    };
  });
  auditLog(local.paths).append({
    id: randomUUID(),
    time: new Date().toISOString(),
    principal: 'metastore admin',
    service: 'unityCatalog',
    action: 'updatePermissions',
    params: {
      securable_type: after.kind.toUpperCase(),
      securable_full_name: after.name,
      changes: JSON.stringify(changes.filter(({ add, remove: lost }) => add.length + lost.length > 0)),
    },
    status: 200,
  });
}

function securableOf(resource: DeployedResource): SecurableRef {
  for (const [attribute, kind] of Object.entries(ATTRIBUTES)) {
    const name = optionalText(resource.values, attribute);
    if (name !== undefined) return kind === 'metastore' ? METASTORE : ref(kind, name);
  }
  throw new LakewrightError(
    'LOCAL_GRANTS_SECURABLE',
    `${resource.address} (stack ${resource.stack}): it names no securable that is governed here`,
    {
      hint: `grants can stand on ${Object.keys(ATTRIBUTES).join(', ')}`,
    },
  );
}

function principalOf(resource: DeployedResource, block: Block): string {
  const principal = optionalText(block, 'principal');
  if (principal !== undefined) return principal;
  throw new LakewrightError('LOCAL_STATE_VALUE', `${resource.address} (stack ${resource.stack}): a grant names no principal`, {
    hint: 'set it in the stack',
  });
}

function keyFact({ kind, name }: SecurableRef): Facts {
  return { securable: `${kind}:${name}` };
}

function identityKey(identity: Facts): string {
  return Object.values(identity).join(' ');
}

/** Who may do what. */
export const grantsRunner: Runner = { family: 'catalog', resources: { databricks_grants: grants, databricks_grant: grant } };
