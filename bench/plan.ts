import { join } from 'node:path';
import { LocalPlane } from '../test/support/clone';
import type { Benchmark } from './support/benchmark';
import { cdktf, lakewright } from './support/commands';
import { alternating, type Cost } from './support/measure';
import { ratio } from './support/report';

const STACKS = ['aws-foundation', 'aws-listings', 'databricks-foundation', 'databricks-listings'];

/** A plan of everything when everything is applied: what is done before every deployment. */
export const plan: Benchmark = {
  name: 'plan',
  title: 'Plan of all stacks, warm',
  run: async ({ rounds = 2, note }) => {
    const plane = new LocalPlane();
    const outdir = join(plane.home, 'cdktf.out');
    try {
      await lakewright(plane, ['apply', '--env', 'local', ...STACKS]);
      note('applied');
      const oneByOne = async () => {
        const costs: Cost[] = [];
        for (const stack of STACKS) costs.push(await cdktf(plane, ['plan', stack, '--output', outdir], outdir));
        return together(costs);
      };
      const runs = await alternating(rounds, {
        own: () => lakewright(plane, ['plan', '--env', 'local', ...STACKS]),
        theirs: oneByOne,
      });
      return {
        about:
          `The ${STACKS.length} stacks of \`local\`, applied before, nothing to change. \`lakewright plan\` plans all of them; \`cdktf plan\` takes one ` +
          'stack, so it is run for each, with the app of this cdktf.json (ts-node would add to each what the section above tells). Both on the ' +
          'stand-in providers: what real providers would ask of a cloud is in neither.',
        lines: [
          { what: '`lakewright plan`', runs: runs.own },
          { what: '`cdktf plan`, one by one', runs: runs.theirs },
        ],
        verdicts: [{ what: '`cdktf plan` one by one to `lakewright plan`', value: ratio(runs.theirs, runs.own).text }],
      };
    } finally {
      await plane.remove();
    }
  },
};

/** One command after the other as one cost. */
function together(costs: readonly Cost[]): Cost {
  return {
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
    ...(costs.every(({ cpu }) => cpu !== undefined) ? { cpu: costs.reduce((sum, { cpu }) => sum + cpu!, 0) } : {}),
    ...(costs.every(({ memory }) => memory !== undefined) ? { memory: Math.max(...costs.map(({ memory }) => memory!)) } : {}),
  };
}
