import { fold, type Identity } from './directory';
import type { HeldGrant, Metastore } from './metastore';
import type { SystemRelation } from './relation';
import type { Securable, SecurableRef } from './securable';

/** A column of a table, as the engine types it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** What the views are made of. */
export interface Described {
  readonly metastore: Metastore;
  /** Who asks: nobody sees more than is his to see. */
  readonly who: Identity;
  /** One catalog, or all when left out (`system.information_schema`). */
  readonly catalog?: string;
  columnsOf(table: Securable): readonly TableColumn[];
}

/** The views of `information_schema` by name ("Information schema", docs.databricks.com), each with those documented columns that have a value here. */
export const INFORMATION_SCHEMA: Readonly<Record<string, (of: Described) => SystemRelation>> = {
  catalogs: (of) => ({
    schema: strings('catalog_name', 'catalog_owner', 'comment'),
    rows: seen(of, 'catalog').map((it) => ({ catalog_name: it.name, catalog_owner: it.owner, comment: it.comment ?? null })),
  }),
  schemata: (of) => ({
    schema: strings('catalog_name', 'schema_name', 'schema_owner', 'comment'),
    rows: seen(of, 'schema').map((it) => ({
      ...named(it, 'catalog_name', 'schema_name'),
      schema_owner: it.owner,
      comment: it.comment ?? null,
    })),
  }),
  tables: (of) => ({
    schema: strings(
      'table_catalog',
      'table_schema',
      'table_name',
      'table_type',
      'is_insertable_into',
      'table_owner',
      'data_source_format',
    ),
    rows: seen(of, 'table').map((it) => ({
      ...tableNamed(it),
      table_type: it.type ?? 'MANAGED',
      is_insertable_into: it.type === 'VIEW' || it.type === 'MATERIALIZED_VIEW' ? 'NO' : 'YES',
      table_owner: it.owner,
      data_source_format: it.type === 'VIEW' ? null : 'DELTA',
    })),
  }),
  views: (of) => ({
    schema: strings('table_catalog', 'table_schema', 'table_name', 'check_option', 'is_updatable', 'is_insertable_into'),
    rows: seen(of, 'table')
      .filter(({ type }) => type === 'VIEW' || type === 'MATERIALIZED_VIEW')
      .map((it) => ({ ...tableNamed(it), check_option: 'NONE', is_updatable: 'NO', is_insertable_into: 'NO' })),
  }),
  columns: (of) => ({
    schema: `${strings('table_catalog', 'table_schema', 'table_name', 'column_name')}, ordinal_position INT, ${strings('is_nullable', 'full_data_type', 'data_type')}`,
    rows: seen(of, 'table').flatMap((it) =>
      of.columnsOf(it).map((column, index) => ({
        ...tableNamed(it),
        column_name: column.name,
        ordinal_position: index,
        is_nullable: column.nullable ? 'YES' : 'NO',
        full_data_type: column.type,
        data_type: dataType(column.type),
      })),
    ),
  }),
  volumes: (of) => ({
    schema: strings('volume_catalog', 'volume_schema', 'volume_name', 'volume_type', 'volume_owner', 'comment'),
    rows: seen(of, 'volume').map((it) => ({
      ...named(it, 'volume_catalog', 'volume_schema', 'volume_name'),
      volume_type: 'MANAGED',
      volume_owner: it.owner,
      comment: it.comment ?? null,
    })),
  }),
  catalog_privileges: (of) => privileges(of, 'catalog', 'catalog_name'),
  schema_privileges: (of) => privileges(of, 'schema', 'catalog_name', 'schema_name'),
  table_privileges: (of) => privileges(of, 'table', 'table_catalog', 'table_schema', 'table_name'),
  volume_privileges: (of) => privileges(of, 'volume', 'volume_catalog', 'volume_schema', 'volume_name'),
};

function strings(...names: readonly string[]): string {
  return names.map((name) => `${name} STRING`).join(', ');
}

/** Of one kind what whoever asks may see. */
function seen({ metastore, who, catalog }: Described, kind: SecurableRef['kind']): readonly Securable[] {
  const inside = metastore.all(kind).filter(({ name }) => catalog === undefined || name.split('.')[0] === catalog);
  return inside.filter((securable) => metastore.sees(who, securable));
}

function named({ name }: SecurableRef, ...columns: readonly string[]): Record<string, string> {
  const parts = name.split('.');
  return Object.fromEntries(columns.map((column, index) => [column, parts[index]!]));
}

function tableNamed(table: SecurableRef): Record<string, string> {
  return named(table, 'table_catalog', 'table_schema', 'table_name');
}

/** Grants on a kind, those inherited from containers too; of others' grants only whoever manages the securable sees any. */
function privileges(of: Described, kind: SecurableRef['kind'], ...columns: readonly string[]): SystemRelation {
  const rows = seen(of, kind).flatMap((it) =>
    visibleGrants(of.metastore, of.who, it).map(({ principal, privilege, inheritedFrom }) => ({
      grantor: of.metastore.get(inheritedFrom ?? it)?.owner ?? it.owner,
      grantee: principal,
      ...named(it, ...columns),
      privilege_type: privilege.replaceAll(' ', '_'),
      is_grantable: 'NO',
      inherited_from: inheritedFrom?.kind.toUpperCase() ?? 'NONE',
    })),
  );
  return { schema: strings('grantor', 'grantee', ...columns, 'privilege_type', 'is_grantable', 'inherited_from'), rows };
}

/** The grants on a securable that somebody may know of: all for whoever manages it, else those to himself and his groups. */
export function visibleGrants(metastore: Metastore, who: Identity, on: SecurableRef): readonly HeldGrant[] {
  const held = metastore.heldOn(on);
  if (who.admin || metastore.owns(who, on) || metastore.holds(who, 'MANAGE', on)) return held;
  return held.filter(({ principal }) => who.names.has(fold(principal)));
}

/** The simple name of a type: `DECIMAL` of `decimal(10,2)`. */
function dataType(type: string): string {
  const simple = type.replace(/[<(].*$/s, '').toUpperCase();
  return { BIGINT: 'LONG', SMALLINT: 'SHORT', TINYINT: 'BYTE' }[simple] ?? simple;
}
