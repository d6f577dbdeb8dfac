import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate } from '@lakewright/lakeflow';
import { deltaAddress, type SqlEngine } from '@lakewright/lakeflow/engine';
import { readView } from '@lakewright/lakeflow/lake-folder';
import { runBareSql } from './support/bare-sql';
import type { Benchmark, BenchOptions, Line } from './support/benchmark';
import { ratio } from './support/benchmark';
import { type Started, sail, spark } from './support/engines';
import { ListingEvents } from './support/listing-events';
import { listingsPipeline } from './support/listings-pipeline';
import { alternating, type Cost, measured } from './support/measure';

/** The whole of `listings`, from JSON lines to gold: the runtime, the engine alone, and Apache Spark. */
export const pipelineFull: Benchmark = {
  name: 'pipeline-full',
  title: 'A pipeline from nothing: bronze to gold with SCD 1 and SCD 2',
  run: async (options) => {
    const staging = join(options.folder, 'staging');
    mkdirSync(staging, { recursive: true });
    options.note(`writing ${options.events} events`);
    new ListingEvents(options.events).write(staging, 'full', options.events);
    const { update, bare, agree } = await againstBare(options, staging);
    const rivals = options.spark === undefined ? undefined : await onSpark(options, staging, options.spark);
    const lines: Line[] = [
      { what: 'runUpdate on Sail', cost: update },
      { what: 'the same SQL by hand on Sail', cost: bare },
      ...(rivals ? [{ what: 'the same SQL by hand on Apache Spark 4.2 with Delta, after a first run', cost: rivals }] : []),
    ];
    return {
      about:
        `${options.events} events of listings, a fifth as many listings, as JSON lines in files of 50,000: the SQL files of apps/listings ` +
        `and one SCD 1 target, eight tables. ${options.rounds} alternating runs each, medians; memory is the most of any run, server and client together. ` +
        '"By hand" is one append a table from the same queries, without state, counts, recovery or a second run.',
      lines,
      verdicts: [
        {
          what: 'runUpdate to SQL by hand, both on Sail',
          value: ratio(update, bare),
          goal: 'at most 1.3',
          met: update.seconds / bare.seconds <= 1.3,
        },
        {
          what: 'rows of current, latest and versions',
          value: agree ? 'the same in both' : 'DIFFERENT',
          goal: 'the same',
          met: agree,
        },
        ...(rivals
          ? [
              {
                what: 'Spark by hand to runUpdate',
                value: ratio(rivals, update),
                goal: 'at least 10',
                met: rivals.seconds / update.seconds >= 10,
              },
            ]
          : []),
      ],
    };
  },
};

async function againstBare(options: BenchOptions, staging: string) {
  const pipeline = listingsPipeline(staging);
  const results: string[] = [];
  const run = async (name: string, action: (server: Started, lake: string) => Promise<unknown>): Promise<Cost> => {
    const server = await sail(options.folder);
    const lake = join(options.folder, `lake-${name}`);
    rmSync(lake, { recursive: true, force: true });
    mkdirSync(lake);
    try {
      const { cost } = await measured(() => action(server, lake), [server.pid]);
      options.note(`${name}: ${cost.seconds.toFixed(1)} s`);
      results.push(await fingerprint(server.engine, tablesOf(lake, name)));
      return cost;
    } finally {
      await server.stop();
      rmSync(lake, { recursive: true, force: true });
    }
  };
  const costs = await alternating(options.rounds, {
    update: () => run('update', ({ engine }, lake) => runUpdate({ engine, lake, pipeline })),
    bare: () => run('bare', ({ engine }, lake) => runBareSql(engine, lake, staging, pipeline)),
  });
  return { ...costs, agree: new Set(results).size === 1 };
}

/** Where the SCD targets are, as SQL for FROM. */
function tablesOf(lake: string, name: string): readonly string[] {
  if (name === 'bare')
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
async function fingerprint(engine: SqlEngine, tables: readonly string[]): Promise<string> {
  const marks = ['price_amount', "concat_ws('|', CAST(__START_AT AS STRING), CAST(__END_AT AS STRING))", 'changed_at'];
  const found: string[] = [];
  for (const [index, table] of tables.entries()) {
    const sum = `sum(CAST(xxhash64(listing_id, status, features, ${marks[index]}) % 1000000007 AS DECIMAL(38, 0)))`;
    const { rows } = await engine.sql(`SELECT count(*) AS n, ${sum} AS s FROM ${table}`);
    found.push(`${String(rows[0]?.['n'])}/${String(rows[0]?.['s'])}`);
  }
  return found.join(' ');
}

/** One server for all runs: the first one warms its compiler and does not count. */
async function onSpark(options: BenchOptions, staging: string, python: string): Promise<Cost> {
  const server = await spark(python, options.folder);
  const run = async (round: number) => {
    const lake = join(options.folder, `lake-spark-${round}`);
    mkdirSync(lake);
    const { cost } = await measured(() => runBareSql(server.engine, lake, staging, listingsPipeline(staging)), [server.pid]);
    rmSync(lake, { recursive: true });
    options.note(`spark: ${cost.seconds.toFixed(1)} s`);
    return cost;
  };
  try {
    await run(-1);
    return (await alternating(Math.min(options.rounds, 2), { spark: run })).spark;
  } finally {
    await server.stop();
  }
}
