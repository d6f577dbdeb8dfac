import {
  type Identity,
  type Kind,
  METASTORE,
  type Metastore,
  ref,
  type Securable,
  type SecurableRef,
  titleOf,
  visibleGrants,
} from '@lakewright/catalog';
import { LakewrightError } from '@lakewright/config';
import type { CatalogStatement } from '@lakewright/lakeflow/dialect';
import type { QueryResult } from '@lakewright/lakeflow/engine';
import type { Governance } from './deployed';

/**
 * Answers a statement about the catalog, of which everybody sees what is his to see.
 *
 * @throws LakewrightError CATALOG_GRANTS_ARE_DEPLOYED for GRANT and REVOKE; CATALOG_UNKNOWN_PRINCIPAL, CATALOG_NO_SECURABLE
 */
export function answer(statement: CatalogStatement, { metastore, directory }: Governance, who: Identity): QueryResult {
  if (statement.kind === 'list') return list(statement, metastore, who);
  if (statement.kind === 'change grants') throw deployed(statement.verb);
  const on = securableOf(statement);
  if (!metastore.sees(who, on) || (!metastore.get(on) && on.kind !== 'metastore')) throw unknown(on);
  const wanted = statement.principal === undefined ? undefined : directory.identity(statement.principal);
  const held = visibleGrants(metastore, who, on).filter(({ principal }) => wanted?.names.has(principal.toLowerCase()) ?? true);
  return rows(
    ['Principal', 'ActionType', 'ObjectType', 'ObjectKey'],
    held.map(({ principal, privilege, inheritedFrom }) => {
      const place = inheritedFrom ?? on;
      return [principal, privilege, place.kind.replace('_', ' ').toUpperCase(), place.name];
    }),
  );
}

function list(
  { what, inside, like }: CatalogStatement & { readonly kind: 'list' },
  metastore: Metastore,
  who: Identity,
): QueryResult {
  const container = inside.join('.').toLowerCase();
  const found = (kind: Kind): readonly string[] =>
    metastore
      .all(kind)
      .filter((each) => isIn(each, container) && metastore.sees(who, each))
      .map(({ name }) => name.slice(container === '' ? 0 : container.length + 1))
      .filter((name) => like === undefined || pattern(like).test(name));
  const schema = inside[1] ?? '';
  if (what === 'catalogs')
    return rows(
      ['catalog'],
      found('catalog').map((name) => [name]),
    );
  if (what === 'schemas')
    return rows(
      ['databaseName'],
      found('schema').map((name) => [name]),
    );
  if (what === 'volumes')
    return rows(
      ['database', 'volume_name'],
      found('volume').map((name) => [schema, name]),
    );
  return rows(
    ['database', 'tableName', 'isTemporary'],
    found('table').map((name) => [schema, name, 'false']),
  );
}

function isIn({ name }: Securable, container: string): boolean {
  return container === '' || name.startsWith(`${container}.`);
}

/** `*` for any letters, `|` between alternatives, case aside ("SHOW TABLES", docs.databricks.com). */
function pattern(like: string): RegExp {
  const escaped = like.replace(/[\\^$.+?()[\]{}]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^(?:${escaped})$`, 'i');
}

const KINDS: Readonly<Record<string, Kind>> = {
  CATALOG: 'catalog',
  SCHEMA: 'schema',
  DATABASE: 'schema',
  VOLUME: 'volume',
  FUNCTION: 'function',
  'EXTERNAL LOCATION': 'external_location',
  'STORAGE CREDENTIAL': 'storage_credential',
};

function securableOf({ on, name }: CatalogStatement & { readonly kind: 'grants' }): SecurableRef {
  return on === 'METASTORE' ? METASTORE : ref(KINDS[on] ?? 'table', name.join('.'));
}

function unknown(on: SecurableRef): LakewrightError {
  return new LakewrightError('CATALOG_NO_SECURABLE', `there is no ${titleOf(on)}, or it is not yours to see`, {
    hint: 'SHOW CATALOGS, SHOW SCHEMAS IN <catalog> and SHOW TABLES IN <catalog>.<schema> list what you see',
  });
}

function deployed(verb: string): LakewrightError {
  return new LakewrightError(
    'CATALOG_GRANTS_ARE_DEPLOYED',
    `${verb} is not run here: grants are what the stacks deploy, here as in the cloud`,
    {
      hint: 'write it where the securable is deployed (databricks_grants in stacks/databricks), then lakewright up; SHOW GRANTS ON <kind> <name> tells what is deployed',
    },
  );
}

function rows(names: readonly string[], values: readonly (readonly string[])[]): QueryResult {
  return {
    columns: names.map((name) => ({ name, type: 'string' })),
    rows: values.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
  };
}
