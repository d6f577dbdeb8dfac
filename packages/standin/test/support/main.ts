import { type Extent, everyType, liveAndDie } from './every-type';

/** Types at a time: Terraform's graph takes more than twice the time for twice the resources. */
const BATCH = 150;

/**
 * Every resource type of both providers, with required arguments only and with everything set. It takes some minutes, so `npm test`
 * takes a sample: `node tooling/run.mjs packages/standin/test/support/main.ts [required|everything]`
 */
async function main(extents: readonly Extent[]): Promise<void> {
  const types = await everyType();
  for (const extent of extents) {
    const start = Date.now();
    let applied = 0;
    for (let first = 0; first < types.length; first += BATCH) {
      const outcome = await liveAndDie(extent, types.slice(first, first + BATCH));
      applied += outcome.applied;
      const wrong = Object.keys(outcome.changed).length + outcome.leftAfterDestroy + outcome.types - outcome.applied;
      if (wrong > 0) process.exitCode = 1;
      console.error(`${extent}: ${first + outcome.types} of ${types.length}${wrong > 0 ? ` ${JSON.stringify(outcome)}` : ''}`);
    }
    console.log(JSON.stringify({ extent, types: types.length, applied, seconds: Math.round((Date.now() - start) / 1000) }));
  }
}

const asked = process.argv.slice(2) as Extent[];
main(asked.length > 0 ? asked : ['required', 'everything']).catch((problem: unknown) => {
  console.error(problem);
  process.exitCode = 1;
});
