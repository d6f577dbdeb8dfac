import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate } from '@lakewright/lakeflow';
import type { Benchmark } from './support/benchmark';
import { sail } from './support/engines';
import { ListingEvents } from './support/listing-events';
import { listingsPipeline } from './support/listings-pipeline';
import { type Cost, measured, median, processorTime, typical } from './support/measure';
import { seconds } from './support/report';

/** Processor time of each dataset in one update, by name, in the order of the update. */
type ByDataset = ReadonlyMap<string, number>;

/** What an update costs when little is new, and when nothing is. */
export const pipelineUpdate: Benchmark = {
  name: 'pipeline-update',
  title: 'Updates after the first',
  run: async ({ folder, events = 300_000, rounds = 3, note }) => {
    const staging = join(folder, 'staging');
    const lake = join(folder, 'lake');
    mkdirSync(staging, { recursive: true });
    const source = new ListingEvents(events);
    note(`writing ${events} events`);
    source.write(staging, 'a-full', events);
    const server = await sail(folder);
    const pipeline = listingsPipeline(staging);
    const update = async (): Promise<{ readonly cost: Cost; readonly datasets: ByDataset }> => {
      const datasets = new Map<string, number>();
      const clock = () => processorTime([process.pid, server.pid]) ?? performance.now() / 1000;
      let last = clock();
      const { cost } = await measured(
        () =>
          runUpdate({
            engine: server.engine,
            lake,
            pipeline,
            onEvent: (event) => {
              if (event.type !== 'dataset_refreshed') return;
              const now = clock();
              datasets.set(event.dataset, now - last);
              last = now;
            },
          }),
        [server.pid],
      );
      return { cost, datasets };
    };
    try {
      const full = await update();
      note(`full: ${seconds(full.cost.seconds)}`);
      const few: Awaited<ReturnType<typeof update>>[] = [];
      const none: Cost[] = [];
      for (let round = 0; round < rounds; round += 1) {
        source.write(staging, `b-${round}`, Math.round(events / 100));
        few.push(await update());
        none.push((await update()).cost);
        note(`1%: ${seconds(few.at(-1)!.cost.seconds)}, nothing: ${seconds(none.at(-1)!.seconds)}`);
      }
      const little = few.map(({ cost }) => cost);
      const bound = 0.05 * work(full.cost) + 0.5;
      const took = work(typical(little));
      const nothing = typical(none);
      return {
        about:
          `The pipeline above: ${events} events, then ${rounds} times 1% more as one file of JSON lines, each followed by an update with nothing new. ` +
          'The events of 1% fall on 4 to 5% of the listings, at random.',
        lines: [
          { what: 'full update', runs: [full.cost] },
          { what: 'update with 1% new events', runs: little },
          { what: 'update with nothing new', runs: none },
        ],
        verdicts: [
          {
            what: 'update with 1% new events, judged by processor time',
            value: both(typical(little)),
            goal: `at most 5% of the full one plus 0.5 s: ${seconds(bound)}`,
            met: took <= bound,
          },
          {
            what: 'update with nothing new, judged by the clock',
            value: both(nothing),
            goal: 'at most 0.3 s',
            met: nothing.seconds <= 0.3,
          },
        ],
        breakdown: {
          head: ['processor time until it was done, since the one before', 'full update', 'update with 1%', 'of the full one'],
          rows: [...full.datasets].map(([dataset, whole]) => {
            const part = median(few.map(({ datasets }) => datasets.get(dataset) ?? 0));
            return [dataset, seconds(whole), seconds(part), `${((100 * part) / whole).toFixed(0)}%`];
          }),
        },
      };
    } finally {
      await server.stop();
    }
  },
};

function both({ seconds: clock, cpu }: Cost): string {
  return cpu === undefined
    ? `${seconds(clock)} by the clock`
    : `${seconds(cpu)} by processor time, ${seconds(clock)} by the clock`;
}

function work({ seconds: clock, cpu }: Cost): number {
  return cpu ?? clock;
}
