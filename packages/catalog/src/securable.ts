/** What privileges can stand on ("Unity Catalog securable objects reference", docs.databricks.com). Views and tables share their names. */
export const KINDS = [
  'metastore',
  'catalog',
  'schema',
  'table',
  'volume',
  'function',
  'external_location',
  'storage_credential',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a relation is; each may bear other privileges. */
export type RelationType = 'MANAGED' | 'VIEW' | 'MATERIALIZED_VIEW' | 'STREAMING_TABLE';

/** Names a securable. Names are in lower case, because Unity Catalog folds the case of names; the metastore's is empty. */
export interface SecurableRef {
  readonly kind: Kind;
  /** `catalog`, `catalog.schema` or `catalog.schema.name`; of an external location or storage credential its name. */
  readonly name: string;
}

export interface Securable extends SecurableRef {
  /** A principal, as Unity Catalog names it. */
  readonly owner: string;
  readonly comment?: string;
  /** Of a table. @default MANAGED */
  readonly type?: RelationType;
  /** Of a view: the relations that it reads, which are read as its owner. */
  readonly reads?: readonly string[];
  /** Of an external location: `s3://bucket/prefix`. */
  readonly url?: string;
  /** The Terraform resource that it comes from: `stack` and address. */
  readonly origin?: Origin;
}

/** A Terraform resource. */
export interface Origin {
  readonly stack: string;
  readonly address: string;
}

export const METASTORE: SecurableRef = { kind: 'metastore', name: '' };

/** A reference with its name folded. */
export function ref(kind: Kind, name: string): SecurableRef {
  return { kind, name: name.toLowerCase() };
}

export function keyOf({ kind, name }: SecurableRef): string {
  return `${kind}:${name}`;
}

/** The containers around a securable whose grants it inherits, the nearest first: schema, catalog. The metastore passes nothing on. */
export function containersOf({ kind, name }: SecurableRef): readonly SecurableRef[] {
  const [catalog, schema] = name.split('.');
  if (kind === 'schema') return [{ kind: 'catalog', name: catalog! }];
  if (kind !== 'table' && kind !== 'volume' && kind !== 'function') return [];
  return [
    { kind: 'schema', name: `${catalog}.${schema}` },
    { kind: 'catalog', name: catalog! },
  ];
}

const TITLES: Readonly<Record<Kind, string>> = {
  metastore: 'Metastore',
  catalog: 'Catalog',
  schema: 'Schema',
  table: 'Table',
  volume: 'Volume',
  function: 'Routine',
  external_location: 'External Location',
  storage_credential: 'Storage Credential',
};

/** `Schema 'shop_local.gold'`, as the platform's errors say it. */
export function titleOf({ kind, name }: SecurableRef): string {
  return kind === 'metastore' ? TITLES.metastore : `${TITLES[kind]} '${name}'`;
}
