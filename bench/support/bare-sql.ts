import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildGraph, type Dataset, parsePipeline } from '@lakewright/lakeflow';
import { deltaAddress, type SqlEngine } from '@lakewright/lakeflow/engine';
import { expectationHolds, rewriteReads } from '@lakewright/lakeflow/sql';
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
    const kept = dataset.statement.expectations.filter(({ action }) => action === 'drop').map(expectationHolds);
    const folder = folderOf(dataset.id);
    // The engine would compute the query again for every condition that it pushes into it: it is written first, then filtered.
    if (kept.length === 0) await engine.appendDelta(query, folder, 'bare');
    else {
      await engine.appendDelta(query, `${folder}_all`, 'bare');
      const all = `delta.\`${deltaAddress(`${folder}_all`)}\``;
      await engine.appendDelta(`SELECT * FROM ${all} WHERE ${kept.join(' AND ')}`, folder, 'bare');
    }
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
  return rewriteReads(flow.query, (read) => sources.get(read)!);
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
    'content STRING, content_encoding STRING, content_missing BOOLEAN, content_too_large BOOLEAN, run_id STRING';
  return `(SELECT r.*, CAST(NULL AS STRING) AS _rescued_data, _metadata FROM (SELECT from_json(value, '${schema}') AS r, _metadata FROM (${parts.join(' UNION ALL ')})))`;
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

/** SCD type 2 by hand: of each event the next one, then the first of every run of equal ones. */
export function versions(source: string): string {
  const numbered = `SELECT *, row_number() OVER (${ORDER}) AS n FROM ${source}`;
  const same = STATE.slice(1).map((name) => `e.${name} <=> p.${name}`);
  const opening =
    `SELECT e.*, row_number() OVER (PARTITION BY e.listing_id ORDER BY e.n) AS m FROM (${numbered}) AS e LEFT JOIN (${numbered}) AS p ` +
    `ON e.listing_id = p.listing_id AND e.n = p.n + 1 WHERE p.n IS NULL OR e.is_deleted OR p.is_deleted OR NOT (${same.join(' AND ')})`;
  const ended = `SELECT *, lead(named_struct('sequencer', sequencer, 'event_time', event_time)) OVER (PARTITION BY listing_id ORDER BY m) AS __END_AT FROM (${opening})`;
  return (
    `SELECT ${STATE.join(', ')}, named_struct('sequencer', sequencer, 'event_time', event_time) AS __START_AT, __END_AT ` +
    `FROM (${ended}) WHERE NOT is_deleted`
  );
}
