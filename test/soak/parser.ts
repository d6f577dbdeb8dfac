// npm run soak:parser -- [--statements 100000] [--seed 1]
// Mutated statements through the parsers of pipelines and of queries: each goes through or is refused with its place, none hangs.

import { parseArgs } from 'node:util';
import { checkMutations } from '../../packages/lakeflow/test/sql/mutations';

const BLOCK = 10_000;

const { values } = parseArgs({
  options: { statements: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const began = performance.now();
let accepted = 0;
let refused = 0;
let slowest = 0;
for (let seed = Number(values.seed), left = Number(values.statements); left > 0; seed++, left -= BLOCK) {
  const started = performance.now();
  const tally = checkMutations(seed, Math.min(BLOCK, left));
  slowest = Math.max(slowest, performance.now() - started);
  accepted += tally.accepted;
  refused += tally.refused;
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(
  `${accepted + refused} mutated statements in ${seconds.toFixed(1)} s: ${accepted} went through, ${refused} were refused with code and place; ` +
    `the slowest ${BLOCK} took ${(slowest / 1000).toFixed(1)} s\n`,
);
