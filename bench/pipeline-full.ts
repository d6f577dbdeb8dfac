import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate } from '@lakewright/lakeflow';
import { runBareSql } from './support/bare-sql';
import type { Benchmark } from './support/benchmark';
import { type Started, sail } from './support/engines';
import { ListingEvents } from './support/listing-events';
import { listingsPipeline } from './support/listings-pipeline';
import { alternating, type Cost, measured } from './support/measure';
import { ratio, seconds } from './support/report';
import { checksum, goldTables } from './support/tables';

/** The whole of `listings`, from JSON lines to gold: the runtime against the engine alone. */
export const pipelineFull: Benchmark = {
  name: 'pipeline-full',
  title: 'A pipeline from nothing, against the engine alone',
  run: async ({ folder, events = 1_000_000, rounds = 1, note }) => {
    const staging = join(folder, 'staging');
    mkdirSync(staging, { recursive: true });
    note(`writing ${events} events`);
    new ListingEvents(events).write(staging, 'full', events);
    const pipeline = listingsPipeline(staging);
    const results: string[] = [];
    const run = async (madeBy: 'update' | 'hand', action: (server: Started, lake: string) => Promise<unknown>): Promise<Cost> => {
      const server = await sail(folder);
      const lake = join(folder, 'lake');
      mkdirSync(lake);
      try {
        const { cost } = await measured(() => action(server, lake), [server.pid]);
        note(`${madeBy}: ${seconds(cost.seconds)}`);
        results.push(await checksum(server.engine, goldTables(lake, madeBy)));
        return cost;
      } finally {
        await server.stop();
        rmSync(lake, { recursive: true, force: true });
      }
    };
    const runs = await alternating(rounds, {
      update: () => run('update', ({ engine }, lake) => runUpdate({ engine, lake, pipeline })),
      hand: () => run('hand', ({ engine }, lake) => runBareSql(engine, lake, staging, pipeline)),
    });
    const to = ratio(runs.update, runs.hand);
    const agree = new Set(results).size === 1;
    return {
      about:
        `${events} events of a fifth as many listings as JSON lines in files of 50,000, each with its document nested in it: the SQL files of ` +
        'apps/listings and one target of SCD type 1, eight tables from bronze to gold, SCD types 1 and 2. "By hand" is one append a table from the ' +
        'same queries on the same engine: no state, no counts, no recovery, no second run. Each run has a server of its own; memory is the ' +
        'most at once, server and client together.',
      lines: [
        { what: '`runUpdate`', runs: runs.update },
        { what: 'SQL by hand', runs: runs.hand },
      ],
      verdicts: [
        { what: '`runUpdate` to SQL by hand', value: to.text, goal: 'at most 1.3', met: to.judged <= 1.3 },
        {
          what: 'checksums of current, latest and versions',
          value: agree ? 'the same' : 'DIFFERENT',
          goal: 'the same',
          met: agree,
        },
      ],
    };
  },
};
