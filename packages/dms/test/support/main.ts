// A DMS as a process of its own, to be killed: node tooling/run.mjs packages/dms/test/support/main.ts <options as JSON>
import { type DmsOptions, startDms } from '@lakewright/dms';
import type { ObjectStore } from '../../src/target/object-store';
import { folderStore } from './folder-store';

interface TestOptions extends DmsOptions {
  /** The folder that is the bucket. */
  readonly bucket: string;
  /** The process ends itself, as by a power cut, when it has written so many files of changes. */
  readonly dieAfter?: number;
}

// A test that is ended by force cannot end this process: its end of the pipe closes.
process.stdin.resume().once('close', () => process.exit(1));

const { bucket, dieAfter, ...options } = JSON.parse(process.argv[2]!) as TestOptions;
let written = 0;

function store(): ObjectStore {
  const files = folderStore(bucket);
  return {
    ...files,
    put: async (key, body) => {
      await files.put(key, body);
      if (key.includes('LOAD')) return;
      written += 1;
      if (written === dieAfter) process.kill(process.pid, 'SIGKILL');
    },
  };
}

startDms({
  ...options,
  note: (text) => process.stderr.write(`${text}\n`),
  storeOf: store,
}).then((dms) => {
  process.once('SIGTERM', () => {
    dms.close().then(() => process.exit(0));
  });
});
