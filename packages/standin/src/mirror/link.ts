import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { REGISTRY_HOSTS, type StandinKit, type StandinProvider } from '../kit/kit';
import { lockFile } from './lock-file';
import { pluginFile } from './shim';

const SYSTEMS: Record<string, string> = { linux: 'linux', darwin: 'darwin' };
const MACHINES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Puts the stand-ins into a stack's folder: `terraform.d/plugins`, where Terraform and OpenTofu look for providers before any
 * registry (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), and a lock file
 * that fits, so that `terraform init` and `cdktf plan` in that folder need no variable and no network. Links are relative.
 *
 * A folder with a `cdk.tf.json` gets the providers that it requires, any other folder all of them.
 *
 * @throws LakewrightError STANDIN_PLATFORM on other systems than Linux and macOS, STANDIN_VERSION when the stack pins another version
 */
export function linkStandins(stackFolder: string, kit: StandinKit): void {
  const required = requiredProviders(stackFolder, kit);
  for (const provider of required) for (const host of REGISTRY_HOSTS) linkPlugin(stackFolder, host, provider, kit);
  const file = join(stackFolder, '.terraform.lock.hcl');
  const content = lockFile(required);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== content) writeFileSync(file, content);
}

function linkPlugin(stackFolder: string, host: string, provider: StandinProvider, kit: StandinKit): void {
  const file = pluginFile(provider);
  const folder = join(stackFolder, 'terraform.d/plugins', host, provider.source, provider.version, platform());
  mkdirSync(folder, { recursive: true });
  const link = join(folder, file);
  rmSync(link, { force: true });
  symlinkSync(relative(folder, join(kit.folder, 'plugins', file)), link);
}

function platform(): string {
  const system = SYSTEMS[process.platform];
  const machine = MACHINES[process.arch];
  if (system && machine) return `${system}_${machine}`;
  throw new LakewrightError('STANDIN_PLATFORM', `there are no stand-in plugins for ${process.platform} on ${process.arch}`, {
    hint: 'use Linux or macOS (on Windows: the Windows Subsystem for Linux)',
  });
}

/** The stand-ins among the providers that the stack requires, each with the stack's version constraint. */
function requiredProviders(stackFolder: string, kit: StandinKit): (StandinProvider & { constraint: string })[] {
  const file = join(stackFolder, 'cdk.tf.json');
  if (!existsSync(file)) return kit.providers.map((provider) => ({ ...provider, constraint: provider.version }));
  const { terraform } = JSON.parse(readFileSync(file, 'utf8')) as {
    terraform?: { required_providers?: Record<string, { source: string; version?: string }> };
  };
  const found = [];
  for (const { source, version } of Object.values(terraform?.required_providers ?? {})) {
    // cdktf shortens hashicorp/aws to aws.
    const full = source.includes('/') ? source : `hashicorp/${source}`;
    const provider = kit.providers.find((it) => full === it.source || full.endsWith(`/${it.source}`));
    if (!provider) continue;
    const constraint = version ?? provider.version;
    if (/^=?\s*\d/.test(constraint) && !constraint.endsWith(provider.version)) {
      throw new LakewrightError(
        'STANDIN_VERSION',
        `${stackFolder} requires ${provider.source} ${constraint}, the installed npm package gives ${provider.version}`,
        { hint: `require ${provider.version}, or install the @cdktf/provider package of ${constraint}` },
      );
    }
    found.push({ ...provider, constraint });
  }
  return found;
}
