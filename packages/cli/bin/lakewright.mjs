#!/usr/bin/env node
// The command: bundles and runs packages/cli/src/main.ts with the arguments given.

// Node 20 is supported as long as this release is; the AWS SDK's reminder of its end would stand in every command's output.
const [printWarning] = process.listeners('warning');
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (!warning.message.startsWith('NodeVersionSupportWarning')) printWarning?.(warning);
});
process.argv.splice(2, 0, 'packages/cli/src/main.ts');
await import('../../../tooling/run.mjs');
