import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildGraph, type Dataset, parsePipeline } from '@lakewright/lakeflow';
import { deltaAddress, type SqlEngine } from '@lakewright/lakeflow/src/engine';
import { expectationHolds, rewriteReads } from '@lakewright/lakeflow/src/sql';
import type { listingsPipeline } from './listings-pipeline';

/**
 * What somebody would write who had only the engine: the same tables from the same queries, one append a table, no state, no counts,
 * nothing that survives a crash or can be run a second time.
 */
export async function runBareSql(
  engine: SqlEngine,
  lake: string,
  staging: string,
  pipeline: ReturnType<typeof listingsPipeline>,
): Promise<void> {
  const graph = buildGraph(parsePipeline(pipeline.sources, pipeline.configuration), pipeline);
  const folderOf = (id: string) => join(lake, id);
  const files = await fileViews(engine, staging);
  for (const dataset of graph.datasets) {
    const query = queryOf(dataset, (id) => `delta.\`${deltaAddress(folderOf(id))}\``, files);
    await engine.appendDelta(query, folderOf(dataset.id), 'bare');
  }
}

function queryOf(dataset: Dataset, table: (id: string) => string, files: string): string {
  const [flow] = dataset.flows;
  if (flow?.kind === 'auto_cdc') {
    const source = table(flow.reads[0]!.dataset!);
    return flow.cdc.scdType === 1 ? latestState(source) : versions(source);
  }
  if (!flow) throw new Error(`${dataset.id} has no flow`);
  const sources = new Map(flow.reads.map(({ read, dataset: id }) => [read, read.kind === 'files' ? files : table(id!)]));
  const query = rewriteReads(flow.query, (read) => sources.get(read)!);
  const kept = dataset.statement.expectations.filter(({ action }) => action === 'drop').map(expectationHolds);
  return kept.length === 0 ? query : `SELECT * FROM (${query}) WHERE ${kept.join(' AND ')}`;
}

/** JSON lines with their columns and the path of their file; the engine's own JSON reader would fail on the first bad line. */
async function fileViews(engine: SqlEngine, staging: string): Promise<string> {
  const parts: string[] = [];
  for (const [index, name] of readdirSync(staging).sort().entries()) {
    await engine.createFileView(`bare_file${index}`, { format: 'text', paths: [join(staging, name)] });
    parts.push(`SELECT value, named_struct('file_path', '${join(staging, name)}') AS _metadata FROM bare_file${index}`);
  }
  const schema =
    'message_id STRING, event_type STRING, event_time STRING, bucket STRING, key STRING, version_id STRING, sequencer STRING, ' +
    'content STRING, content_encoding STRING, content_missing BOOLEAN';
  return `(SELECT r.*, _metadata FROM (SELECT from_json(value, '${schema}') AS r, _metadata FROM (${parts.join(' UNION ALL ')})))`;
}

const STATE = [
  ...[
    'listing_id',
    'kind',
    'property_type',
    'status',
    'title',
    'description',
    'street',
    'city',
    'postal_code',
    'region',
    'country',
  ],
  ...[
    'latitude',
    'longitude',
    'agent_id',
    'agent_name',
    'agent_email',
    'agent_phone',
    'agency_id',
    'agency_name',
    'price_amount',
  ],
  ...[
    'price_currency',
    'price_period',
    'living_m2',
    'plot_m2',
    'bedrooms',
    'bathrooms',
    'features',
    'energy_rating',
    'year_built',
  ],
  ...['published_at', 'updated_at'],
];
const ORDER = 'PARTITION BY listing_id ORDER BY sequencer, event_time';

/** SCD type 1 by hand. */
export function latestState(source: string): string {
  const latest = `row_number() OVER (PARTITION BY listing_id ORDER BY sequencer DESC, event_time DESC) AS n`;
  return `SELECT ${STATE.join(', ')} FROM (SELECT *, ${latest} FROM ${source}) WHERE n = 1 AND NOT is_deleted`;
}

/** SCD type 2 by hand: the events that change something, each ended by the next. */
export function versions(source: string): string {
  const changed = STATE.slice(1).map((name) => `lag(${name}) OVER w <=> ${name}`);
  const marked =
    `SELECT *, is_deleted OR coalesce(lag(is_deleted) OVER w, true) OR NOT (${changed.join(' AND ')}) AS opens ` +
    `FROM (SELECT *, row_number() OVER (PARTITION BY listing_id, sequencer, event_time ORDER BY is_deleted DESC) AS n FROM ${source}) WHERE n = 1`;
  const ended = `SELECT *, lead(named_struct('sequencer', sequencer, 'event_time', event_time)) OVER w AS __END_AT FROM (${marked}) WHERE opens`;
  const query = `SELECT ${STATE.join(', ')}, named_struct('sequencer', sequencer, 'event_time', event_time) AS __START_AT, __END_AT FROM (${ended}) WHERE NOT is_deleted`;
  return query.replaceAll('OVER w', `OVER (${ORDER})`);
}
