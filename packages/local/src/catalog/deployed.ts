import { join } from 'node:path';
import {
  type AuditEvent,
  type Directory,
  type GrantSet,
  Journal,
  type LineageEvent,
  Metastore,
  type RelationType,
  ref,
  type Securable,
} from '@lakewright/catalog';
import type { LocalPaths } from '@lakewright/config';
import { listTables } from '@lakewright/lakeflow/lake-folder';
import type { LocalContext } from '../context';
import { jobs } from '../workspace/jobs';
import { pipelines } from '../workspace/pipelines';
import { Registry } from '../workspace/registry';
import { readDirectory } from './principals';

type Home = Pick<LocalPaths, 'home'>;

/** A table that a pipeline made. */
export interface MadeTable {
  readonly owner: string;
  readonly type: RelationType;
}

/** The deployed securables, by stack and address. Their runners write them. */
export function securables(paths: Home): Registry<Securable> {
  return new Registry(join(paths.home, 'catalog/securables'));
}

/** The deployed grants, by stack and address. Their runners write them. */
export function grantSets(paths: Home): Registry<GrantSet> {
  return new Registry(join(paths.home, 'catalog/grants'));
}

/** The tables of pipelines, by full name in lower case. Updates write them. */
export function madeTables(paths: Home): Registry<MadeTable> {
  return new Registry(join(paths.home, 'catalog/tables'));
}

/** Every statement, denial, update and change of grants. */
export function auditLog(paths: Home): Journal<AuditEvent> {
  return new Journal(join(paths.home, 'catalog/audit.jsonl'));
}

/** Which table was made from which. */
export function lineageLog(paths: Home): Journal<LineageEvent> {
  return new Journal(join(paths.home, 'catalog/table_lineage.jsonl'));
}

/** What is governed, and whom it is governed for. */
export interface Governance {
  readonly metastore: Metastore;
  readonly directory: Directory;
}

/** The metastore as it is deployed, with the tables that the lake shows; one that no pipeline is known to have made is its catalog's owner's. */
export function readGovernance(context: Pick<LocalContext, 'paths' | 'environment'>): Governance {
  const { paths } = context;
  const deployed = entries(securables(paths));
  const grants = entries(grantSets(paths));
  const owners = new Map(deployed.map((each) => [`${each.kind}:${each.name}`, each.owner]));
  const made = madeTables(paths);
  const tables = listTables(paths.lake).map(({ catalog, schema, name, kind }): Securable => {
    const { name: full } = ref('table', `${catalog}.${schema}.${name}`);
    const known = made.get(full);
    const owner = known?.owner ?? owners.get(`catalog:${catalog.toLowerCase()}`) ?? '';
    return { kind: 'table', name: full, owner, type: known?.type ?? (kind === 'view' ? 'STREAMING_TABLE' : 'MANAGED') };
  });
  const all = [...deployed, ...tables];
  const runs = [...entries(pipelines(paths)), ...entries(jobs(paths))].flatMap(({ runAs }) => runAs ?? []);
  const named = [
    ...runs,
    ...all.map(({ owner }) => owner),
    ...grants.flatMap(({ grants: each }) => each.map(({ principal }) => principal)),
  ];
  return { metastore: new Metastore(all, grants), directory: readDirectory(context, named) };
}

function entries<T>(registry: Registry<T>): readonly T[] {
  return registry.keys().flatMap((key) => registry.get(key) ?? []);
}
