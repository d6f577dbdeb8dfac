#!/usr/bin/env node
// The command: bundles and runs packages/cli/src/main.ts with the arguments given.

// Node 20 is supported as long as this release is; the AWS SDK's reminder of its end would stand in every command's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
process.argv.splice(2, 0, 'packages/cli/src/main.ts');
await import('../../../tooling/run.mjs');
