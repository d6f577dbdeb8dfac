import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate } from '@lakewright/lakeflow';
import type { Benchmark } from './support/benchmark';
import { sail } from './support/engines';
import { ListingEvents } from './support/listing-events';
import { listingsPipeline } from './support/listings-pipeline';
import { type Cost, measured, typical } from './support/measure';

/** What an update costs when little is new, and when nothing is. */
export const pipelineUpdate: Benchmark = {
  name: 'pipeline-update',
  title: 'Updates after the first',
  run: async (options) => {
    const staging = join(options.folder, 'staging');
    const lake = join(options.folder, 'lake');
    mkdirSync(staging, { recursive: true });
    const events = new ListingEvents(options.events);
    events.write(staging, 'a-full', options.events);
    const server = await sail(options.folder);
    const pipeline = listingsPipeline(staging);
    const update = async () => (await measured(() => runUpdate({ engine: server.engine, lake, pipeline }), [server.pid])).cost;
    try {
      const full = await update();
      options.note(`full: ${full.seconds.toFixed(1)} s`);
      const few: Cost[] = [];
      const none: Cost[] = [];
      for (let round = 0; round < options.rounds + 2; round += 1) {
        events.write(staging, `b-${round}`, Math.round(options.events / 100));
        few.push(await update());
        none.push(await update());
        options.note(`1%: ${few.at(-1)!.seconds.toFixed(2)} s, nothing: ${none.at(-1)!.seconds.toFixed(2)} s`);
      }
      const [little, nothing] = [typical(few), typical(none)];
      const bound = full.seconds * 0.05 + 0.5;
      return {
        about:
          `The pipeline above: ${options.events} events, then ${few.length} times 1% more as one file of JSON lines, each followed by an update ` +
          'with nothing new; medians, measured around runUpdate. Its two materialized views over all versions are computed anew whenever one changed.',
        lines: [
          { what: 'full update', cost: full },
          { what: 'update with 1% new events', cost: little },
          { what: 'update with nothing new', cost: nothing },
        ],
        verdicts: [
          {
            what: 'update with 1% new events',
            value: `${little.seconds.toFixed(2)} s`,
            goal: `at most 5% of the full one plus 0.5 s: ${bound.toFixed(2)} s`,
            met: little.seconds <= bound,
          },
          {
            what: 'update with nothing new',
            value: `${nothing.seconds.toFixed(2)} s`,
            goal: 'at most 0.3 s',
            met: nothing.seconds <= 0.3,
          },
        ],
      };
    } finally {
      await server.stop();
    }
  },
};
