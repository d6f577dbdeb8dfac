import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalPlane } from '../test/support/clone';
import type { Benchmark } from './support/benchmark';
import { cdktf, node } from './support/commands';
import { alternating } from './support/measure';
import { ratio } from './support/report';

const TS_NODE = 'npx ts-node --project bench/tsconfig.ts-node.json main.ts';

/** What every plan begins with: the tree of constructs as Terraform's JSON. */
export const synth: Benchmark = {
  name: 'synth',
  title: 'Synth of all stacks',
  run: async ({ rounds = 2, note }) => {
    const plane = new LocalPlane();
    const [own, theirs] = ['own', 'theirs'].map((name) => join(plane.home, name)) as [string, string];
    try {
      // The schemas of the stand-in providers are derived once a home.
      await node(plane, ['tooling/run.mjs', 'main.ts'], own);
      const runs = await alternating(rounds, {
        own: () => node(plane, ['tooling/run.mjs', 'main.ts'], own),
        same: () => cdktf(plane, ['synth', '--output', own], own),
        theirs: () => cdktf(plane, ['synth', '--app', TS_NODE, '--output', theirs], theirs),
      });
      note('done');
      const to = ratio(runs.theirs, runs.own);
      const same = JSON.stringify(stacksOf(own)) === JSON.stringify(stacksOf(theirs));
      return {
        about:
          `The ${Object.keys(stacksOf(own)).length} stacks of \`local\`. Lakewright's commands bundle the app with esbuild and run it; the rival is the ` +
          '`cdktf synth` of a plain CDKTF project, whose app is `npx ts-node main.ts`, types checked.',
        lines: [
          { what: "synth of Lakewright's commands", runs: runs.own },
          { what: '`cdktf synth`, the app of this cdktf.json', runs: runs.same },
          { what: '`cdktf synth`, the app on ts-node', runs: runs.theirs },
        ],
        verdicts: [
          { what: '`cdktf synth` with ts-node to ours', value: to.text },
          { what: 'Terraform JSON of the stacks', value: same ? 'the same' : 'DIFFERENT', goal: 'the same', met: same },
        ],
      };
    } finally {
      await plane.remove();
    }
  },
};

/** The text of every synthesized stack. */
function stacksOf(outdir: string): Record<string, string> {
  const stacks = join(outdir, 'stacks');
  const names = readdirSync(stacks).sort();

  return Object.fromEntries(names.map((name) => [name, readFileSync(join(stacks, name, 'cdk.tf.json'), 'utf8')]));
}
