// A Glue as a process of its own, to be killed: node tooling/run.mjs packages/glue/test/support/main.ts
// The first line of its input are the options as JSON; it ends with its input.
import { createInterface } from 'node:readline';
import { type GlueOptions, startGlue } from '@lakewright/glue';

const lines = createInterface({ input: process.stdin });
// A test that is ended by force cannot end this process: its end of the pipe closes.
lines.once('close', () => process.exit(1));
lines.once('line', (line) => {
  startGlue(JSON.parse(line) as GlueOptions).then((glue) => {
    process.once('SIGTERM', () => {
      glue.close().then(() => process.exit(0));
    });
  });
});
