import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate } from '@lakewright/lakeflow';
import { runBareSql } from './support/bare-sql';
import { type Benchmark, MissingRival } from './support/benchmark';
import { hasJava, type Started, sail, spark } from './support/engines';
import { ListingEvents } from './support/listing-events';
import { listingsPipeline } from './support/listings-pipeline';
import { alternating, type Cost, measured } from './support/measure';
import { ratio, seconds } from './support/report';
import { checksum, goldTables } from './support/tables';

/** Events of the run that warms Spark's compiler and does not count. */
const WARMING = 2_000;

/** The whole of `listings`, from JSON lines to gold: the runtime on Sail against Apache Spark. */
export const pipelineSpark: Benchmark = {
  name: 'pipeline-spark',
  title: 'A pipeline from nothing, against Apache Spark',
  run: async (options) => {
    const { folder, events = 100_000, rounds = 1, note } = options;
    if (!hasJava()) throw new MissingRival('Apache Spark needs Java 17 or later, and none is on PATH');
    if (!existsSync(options.spark))
      throw new MissingRival(`there is no Apache Spark at ${options.spark}: --spark <python>, see docs/benchmarks.md`);
    const [staging, warming] = ['staging', 'warming'].map((name) => join(folder, name)) as [string, string];
    for (const each of [staging, warming]) mkdirSync(each, { recursive: true });
    note(`writing ${events} events`);
    new ListingEvents(WARMING).write(warming, 'full', WARMING);
    new ListingEvents(events).write(staging, 'full', events);
    const results: string[] = [];
    const run = async (server: Started, from: string, madeBy: 'update' | 'hand'): Promise<Cost> => {
      const lake = join(folder, `lake-${madeBy}`);
      mkdirSync(lake);
      const { engine, pid } = server;
      const pipeline = listingsPipeline(from);
      const { cost } = await measured<unknown>(
        () => (madeBy === 'update' ? runUpdate({ engine, lake, pipeline }) : runBareSql(engine, lake, from, pipeline)),
        [pid],
      );
      note(`${madeBy === 'update' ? 'runUpdate on Sail' : 'Spark'}: ${seconds(cost.seconds)}`);
      results.push(await rowsOf(server, lake, madeBy));
      rmSync(lake, { recursive: true });
      return cost;
    };
    const rival = await spark(options.spark, folder);
    try {
      await run(rival, warming, 'hand');
      results.length = 0;
      const runs = await alternating(rounds, {
        own: async () => {
          const server = await sail(folder);
          return run(server, staging, 'update').finally(() => server.stop());
        },
        theirs: () => run(rival, staging, 'hand'),
      });
      const to = ratio(runs.theirs, runs.own);
      const agree = new Set(results).size === 1;
      return {
        about:
          `The pipeline above with ${events} events. Apache Spark 4.2.0 with Delta 4.4.0 is one process on all cores, 6 GB of heap, eight partitions a ` +
          `shuffle; it is started and has run the same SQL by hand over ${WARMING} events before the clock begins. Sail is started afresh for each run.`,
        lines: [
          { what: '`runUpdate` on Sail', runs: runs.own },
          { what: 'SQL by hand on Apache Spark', runs: runs.theirs },
        ],
        verdicts: [
          { what: 'Apache Spark to `runUpdate` on Sail', value: to.text, goal: 'at least 10', met: to.judged >= 10 },
          { what: 'rows of current, latest and versions', value: agree ? 'the same' : 'DIFFERENT', goal: 'the same', met: agree },
        ],
      };
    } finally {
      await rival.stop();
    }
  },
};

/** Rows alone: the two engines spell structures as text differently. */
async function rowsOf({ engine }: Started, lake: string, madeBy: 'update' | 'hand'): Promise<string> {
  return (await checksum(engine, goldTables(lake, madeBy))).replaceAll(/\/\S+/g, '');
}
