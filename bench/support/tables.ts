import { join } from 'node:path';
import { deltaAddress, type SqlEngine } from '@lakewright/lakeflow/engine';
import { readView } from '@lakewright/lakeflow/lake-folder';

/** The targets of both kinds of AUTO CDC and what is computed from them, as SQL for FROM: of `runUpdate`, or made by hand. */
export function goldTables(lake: string, madeBy: 'update' | 'hand'): readonly string[] {
  if (madeBy === 'hand')
    return ['latest_listings', 'listings_versions', 'current_listings'].map(
      (table) => `delta.\`${deltaAddress(join(lake, `bench.gold.${table}`))}\``,
    );
  const view = (table: string) => `(${readView(lake, join(lake, `bench/gold/${table}.view.json`)).query})`;
  return [
    view('latest_listings'),
    view('listings_versions'),
    `delta.\`${deltaAddress(join(lake, 'bench/gold/current_listings'))}\``,
  ];
}

/** Rows and a checksum of the columns that tell them apart. */
export async function checksum(engine: SqlEngine, tables: readonly string[]): Promise<string> {
  const marks = ['price_amount', "concat_ws('|', CAST(__START_AT AS STRING), CAST(__END_AT AS STRING))", 'changed_at'];
  const found: string[] = [];
  for (const [index, table] of tables.entries()) {
    const sum = `sum(CAST(xxhash64(listing_id, status, features, ${marks[index]}) % 1000000007 AS DECIMAL(38, 0)))`;
    const { rows } = await engine.sql(`SELECT count(*) AS n, ${sum} AS s FROM ${table}`);
    found.push(`${String(rows[0]?.['n'])}/${String(rows[0]?.['s'])}`);
  }
  return found.join(' ');
}
