#!/usr/bin/env node
// The command: bundles and runs packages/cli/src/main.ts with the arguments given.
process.argv.splice(2, 0, 'packages/cli/src/main.ts');
await import('../../../tooling/run.mjs');
