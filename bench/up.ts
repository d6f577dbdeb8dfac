import { LocalPlane } from '../test/support/clone';
import type { Benchmark } from './support/benchmark';
import { type Cost, measured, median } from './support/measure';
import { seconds } from './support/report';

interface Up {
  readonly cost: Cost;
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
}

/** `lakewright up` as the README has it: from nothing, again while everything runs, and after `down`. */
export const up: Benchmark = {
  name: 'up',
  title: '`lakewright up`, cold and warm',
  run: async ({ rounds = 1, note }) => {
    const cold: Up[] = [];
    const again: Up[] = [];
    const after: Up[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const plane = new LocalPlane();
      try {
        cold.push(await bringUp(plane));
        again.push(await bringUp(plane));
        await plane.lakewright('down');
        after.push(await bringUp(plane));
        note(`cold ${seconds(cold.at(-1)!.cost.seconds)}, again ${seconds(again.at(-1)!.cost.seconds)}`);
      } finally {
        await plane.remove();
      }
    }
    const names = cold[0]!.steps.map(({ name }) => name);
    const of = (ups: readonly Up[], name: string) =>
      seconds(median(ups.map(({ steps }) => steps.find((step) => step.name === name)?.seconds ?? 0)));
    return {
      about:
        'Synth, services, Terraform, reconciliation, then 400 operations of the publisher through S3, the queue and the Lambda, and one update of the ' +
        'pipeline. Cold is an empty home: no state, no table, no derived schema. Processor time is that of the command, not of the services it starts.',
      lines: [
        { what: 'cold', runs: cold.map(({ cost }) => cost) },
        { what: 'again, services running', runs: again.map(({ cost }) => cost) },
        { what: 'after `down`', runs: after.map(({ cost }) => cost) },
      ],
      verdicts: [],
      breakdown: {
        head: ['step, by the clock', 'cold', 'again', 'after `down`'],
        rows: names.map((name) => [name, of(cold, name), of(again, name), of(after, name)]),
      },
    };
  },
};

async function bringUp(plane: LocalPlane): Promise<Up> {
  const { cost, value } = await measured(() => plane.lakewright('up', 'listings', '--json'));
  if (value.code !== 0) throw new Error(value.stderr);
  const { steps } = JSON.parse(value.stdout) as Pick<Up, 'steps'>;
  return { cost, steps };
}
