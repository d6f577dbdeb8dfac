#!/usr/bin/env node
// `npx cdktf` of this checkout: cdktf-cli with settings that keep it inside the project. `npm ci` links it (package.json, postinstall).
// Without it cdktf asks a server for newer versions and keeps providers, the stand-ins too, in a cache in the home folder.
import { existsSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTerraform } from './terraform.mjs';

const self = fileURLToPath(import.meta.url);
const root = resolve(dirname(self), '..');

if (process.argv[2] === '--link') link();
else runCdktf();

function runCdktf() {
  const home = join(root, '.lakewright/cache/cdktf');
  mkdirSync(home, { recursive: true });
  Object.assign(process.env, { CHECKPOINT_DISABLE: '1', CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1', CDKTF_HOME: home });
  // cdktf takes `terraform` from PATH by itself; here it may be OpenTofu, or the release that the set-up has downloaded.
  process.env.TERRAFORM_BINARY_NAME ||= findTerraform().executable ?? 'terraform';
  const environment = process.env.LAKEWRIGHT_ENV || 'local';
  if (environment === 'local' || process.env.LAKEWRIGHT_OFFLINE === '1') {
    // The stand-in providers lie in the stack's folder; a user's own rules of installation do not apply to them.
    const configuration = join(home, 'terraform.rc');
    if (!existsSync(configuration)) writeFileSync(configuration, '');
    process.env.TF_CLI_CONFIG_FILE = configuration;
  }
  const require = createRequire(join(root, 'package.json'));
  require(join(dirname(require.resolve('cdktf-cli/package.json')), 'bundle/bin/cdktf.js'));
}

function link() {
  const bin = join(root, 'node_modules/.bin/cdktf');
  if (existsSync(bin)) unlinkSync(bin);
  symlinkSync(relative(dirname(bin), self), bin);
}
