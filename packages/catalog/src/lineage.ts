import type { SystemRelation } from './relation';
import type { RelationType } from './securable';

/** One end of a flow of data: a table of a catalog, or files. */
export type LineageEnd = { readonly table: string; readonly type: RelationType } | { readonly path: string };

/** Rows went from one place to another, or were read and went nowhere that has a name. */
export interface LineageEvent {
  readonly id: string;
  /** ISO time in UTC. */
  readonly time: string;
  /** Whoever did it. */
  readonly principal: string;
  readonly source: LineageEnd;
  readonly target: LineageEnd;
  /** The pipeline and its update; nothing for a statement of SQL. */
  readonly entity?: { readonly type: 'PIPELINE'; readonly id: string; readonly run: string };
}

const END = ['table_full_name', 'table_catalog', 'table_schema', 'table_name', 'path', 'type'];
const SCHEMA = [
  'entity_type STRING',
  'entity_id STRING',
  'entity_run_id STRING',
  ...['source', 'target'].flatMap((end) => END.map((name) => `${end}_${name} STRING`)),
  'created_by STRING',
  'event_time TIMESTAMP',
  'event_date DATE',
  'record_id STRING',
].join(', ');

/** The platform's words for what a relation is. */
const TYPES: Readonly<Record<RelationType, string>> = {
  MANAGED: 'TABLE',
  VIEW: 'VIEW',
  MATERIALIZED_VIEW: 'MATERIALIZED_VIEW',
  STREAMING_TABLE: 'STREAMING_TABLE',
};

/** `system.access.table_lineage` ("Lineage system tables reference", docs.databricks.com), those of its columns that there is something for. */
export function lineageRelation(events: readonly LineageEvent[]): SystemRelation {
  const rows = events.map((event) => ({
    entity_type: event.entity?.type ?? null,
    entity_id: event.entity?.id ?? null,
    entity_run_id: event.entity?.run ?? null,
    ...end('source', event.source),
    ...end('target', event.target),
    created_by: event.principal,
    event_time: event.time,
    event_date: event.time.slice(0, 10),
    record_id: event.id,
  }));
  return { schema: SCHEMA, rows };
}

function end(side: 'source' | 'target', place: LineageEnd): Record<string, string | null> {
  if ('path' in place) return { [`${side}_path`]: place.path, [`${side}_type`]: 'PATH' };
  const [catalog, schema, name] = place.table.split('.');
  return {
    [`${side}_table_full_name`]: place.table,
    [`${side}_table_catalog`]: catalog!,
    [`${side}_table_schema`]: schema!,
    [`${side}_table_name`]: name!,
    [`${side}_type`]: TYPES[place.type],
  };
}
