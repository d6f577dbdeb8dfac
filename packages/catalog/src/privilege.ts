import { LakewrightError } from '@lakewright/config';
import { type RelationType, type SecurableRef, titleOf } from './securable';

const ON_EVERYTHING = ['ALL PRIVILEGES', 'MANAGE'] as const;
const ON_RELATIONS = ['APPLY TAG', 'MODIFY', 'REFRESH', 'SELECT'] as const;
const ON_VOLUMES = ['APPLY TAG', 'READ VOLUME', 'WRITE VOLUME'] as const;
const ON_FUNCTIONS = ['EXECUTE'] as const;
const ON_SCHEMAS = [
  'APPLY TAG',
  'CREATE FUNCTION',
  'CREATE MATERIALIZED VIEW',
  'CREATE MODEL',
  'CREATE TABLE',
  'CREATE VOLUME',
  'EXTERNAL USE SCHEMA',
  'USE SCHEMA',
] as const;
const ON_CATALOGS = ['APPLY TAG', 'BROWSE', 'CREATE SCHEMA', 'USE CATALOG'] as const;
const ON_LOCATIONS = [
  'BROWSE',
  'CREATE EXTERNAL TABLE',
  'CREATE EXTERNAL VOLUME',
  'CREATE FOREIGN SECURABLE',
  'CREATE MANAGED STORAGE',
  'EXTERNAL USE LOCATION',
  'READ FILES',
  'WRITE FILES',
] as const;
const ON_CREDENTIALS = ['CREATE EXTERNAL LOCATION', 'CREATE EXTERNAL TABLE', 'READ FILES', 'WRITE FILES'] as const;
const ON_METASTORE = [
  'CREATE CATALOG',
  'CREATE CLEAN ROOM',
  'CREATE CONNECTION',
  'CREATE EXTERNAL LOCATION',
  'CREATE PROVIDER',
  'CREATE RECIPIENT',
  'CREATE SERVICE CREDENTIAL',
  'CREATE SHARE',
  'CREATE STORAGE CREDENTIAL',
  'MANAGE ALLOWLIST',
  'SET SHARE PERMISSION',
  'USE CONNECTION',
  'USE MARKETPLACE ASSETS',
  'USE PROVIDER',
  'USE RECIPIENT',
  'USE SHARE',
] as const;

export type Privilege =
  | (typeof ON_EVERYTHING)[number]
  | (typeof ON_RELATIONS)[number]
  | (typeof ON_VOLUMES)[number]
  | (typeof ON_FUNCTIONS)[number]
  | (typeof ON_SCHEMAS)[number]
  | (typeof ON_CATALOGS)[number]
  | (typeof ON_LOCATIONS)[number]
  | (typeof ON_CREDENTIALS)[number]
  | (typeof ON_METASTORE)[number];

/** What a schema passes on to what it holds, and a catalog to its schemas. */
const IN_SCHEMAS: readonly Privilege[] = [...ON_EVERYTHING, ...ON_SCHEMAS, ...ON_RELATIONS, ...ON_VOLUMES, ...ON_FUNCTIONS];

/** Which privileges may stand where ("Unity Catalog privileges reference", docs.databricks.com): on containers also what they pass on. */
const APPLICABLE: Readonly<Record<SecurableRef['kind'], readonly Privilege[]>> = {
  metastore: ON_METASTORE,
  catalog: [...IN_SCHEMAS, ...ON_CATALOGS],
  schema: IN_SCHEMAS,
  table: [...ON_EVERYTHING, ...ON_RELATIONS],
  volume: [...ON_EVERYTHING, ...ON_VOLUMES],
  function: [...ON_EVERYTHING, ...ON_FUNCTIONS],
  external_location: [...ON_EVERYTHING, ...ON_LOCATIONS],
  storage_credential: [...ON_EVERYTHING, ...ON_CREDENTIALS],
};

/** Of the privileges of relations those that a type does not bear. */
const NOT_ON: Readonly<Record<RelationType, readonly Privilege[]>> = {
  MANAGED: ['REFRESH'],
  VIEW: ['MODIFY', 'REFRESH'],
  MATERIALIZED_VIEW: ['MODIFY'],
  STREAMING_TABLE: [],
};

/** "ALL PRIVILEGES" leaves out what manages, and what takes data out of the platform. */
const NOT_IN_ALL: readonly Privilege[] = ['ALL PRIVILEGES', 'MANAGE', 'EXTERNAL USE SCHEMA', 'EXTERNAL USE LOCATION'];
/** What owners lack until they give it to themselves ("Manage Unity Catalog object ownership"). */
const NOT_OF_OWNERS: readonly Privilege[] = ['EXTERNAL USE SCHEMA', 'EXTERNAL USE LOCATION'];

/** Whether a relation of a type can bear a privilege of relations: nobody modifies a view. */
export function isBorne(privilege: Privilege, type: RelationType): boolean {
  return !NOT_ON[type].includes(privilege);
}

/** Every privilege that may stand on a securable; for a table of unknown type, all of any type. */
export function privilegesOn(kind: SecurableRef['kind'], type?: RelationType): readonly Privilege[] {
  const excluded = type === undefined ? [] : NOT_ON[type];
  return [...new Set(APPLICABLE[kind])].filter((privilege) => !excluded.includes(privilege));
}

/**
 * A privilege as Terraform or SQL writes it (`USE_SCHEMA`, `use schema`), which must be one that the securable can bear.
 *
 * @throws LakewrightError CATALOG_PRIVILEGE in the platform's words
 */
export function parsePrivilege(text: string, on: SecurableRef, type?: RelationType): Privilege {
  const wanted = text
    .trim()
    .replaceAll(/[_\s]+/g, ' ')
    .toUpperCase();
  const found = privilegesOn(on.kind, type).find((privilege) => privilege === wanted);
  if (found) return found;
  const entity = on.kind.toUpperCase();
  throw new LakewrightError(
    'CATALOG_PRIVILEGE',
    `${titleOf(on)}: Privilege ${wanted} is not applicable to this entity [${entity}]`,
    {
      hint: `it can bear ${privilegesOn(on.kind, type).join(', ')}`,
    },
  );
}

/** Whether a grant of one privilege gives another: ALL PRIVILEGES gives what the kind of securable that it stands on can bear. */
export function covers(granted: Privilege, wanted: Privilege, on: SecurableRef['kind']): boolean {
  return granted === wanted || (granted === 'ALL PRIVILEGES' && !NOT_IN_ALL.includes(wanted) && APPLICABLE[on].includes(wanted));
}

/** Whether owning a securable gives a privilege on it. */
export function ownerHas(privilege: Privilege): boolean {
  return !NOT_OF_OWNERS.includes(privilege);
}
