import { liveAndDie } from './every-type';

/**
 * Every resource type of both providers, with required arguments only and with everything set:
 * `node tooling/run.mjs packages/standin/test/support/main.ts`. It takes some minutes, so `npm test` takes a sample.
 */
async function main(): Promise<void> {
  for (const extent of ['required', 'everything'] as const) {
    const start = Date.now();
    const outcome = await liveAndDie(extent, () => true);
    console.log(JSON.stringify({ extent, ...outcome, seconds: Math.round((Date.now() - start) / 1000) }));
  }
}

main().catch((problem: unknown) => {
  console.error(problem);
  process.exitCode = 1;
});
