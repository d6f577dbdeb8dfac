// A DMS as a process of its own, to be killed: node tooling/run.mjs packages/dms/test/support/main.ts <options as JSON>
import { type DmsOptions, startDms } from '@lakewright/dms';
import { folderStore } from './folder-store';

const { bucket, ...options } = JSON.parse(process.argv[2]!) as DmsOptions & { bucket?: string };
startDms({
  ...options,
  note: (text) => process.stderr.write(`${text}\n`),
  ...(bucket === undefined ? {} : { storeOf: () => folderStore(bucket) }),
}).then((dms) => {
  process.once('SIGTERM', () => {
    dms.close().then(() => process.exit(0));
  });
});
