import { servePlugin } from '../serve/plugin';
import { serveReattached } from '../serve/reattach';

/** What the plugins' shell script and `startStandins` run: `serve.cjs plugin <plugin> <kit>` and `serve.cjs reattach <kit>`. */
async function main([mode, ...rest]: readonly string[]): Promise<void> {
  if (mode === 'plugin') await servePlugin(rest[0] ?? '', rest[1] ?? '');
  else await serveReattached(rest[0] ?? '');
}

main(process.argv.slice(2)).catch((problem: unknown) => {
  console.error(problem instanceof Error ? problem.message : String(problem));
  process.exit(1);
});
