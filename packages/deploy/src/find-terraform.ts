import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { childEnvironment, EXIT, LakewrightError, projectRoot, toolsFolder } from '@lakewright/config';

const GET_IT =
  'get it from developer.hashicorp.com/terraform/install or opentofu.org, or let node tooling/bootstrap.mjs download it';

/** tooling/terraform.json: what the set-up downloads, and the oldest release that will do. */
interface Pinned {
  readonly minimum: string;
  readonly release: string;
}

/** Executables that were asked for their version already: it takes 50 ms. */
const known = new Map<string, string>();

/**
 * The Terraform (or OpenTofu) executable: the first of `terraform` and `tofu` on PATH that is new enough, else the release that
 * the set-up has put into the tools folder.
 *
 * @throws LakewrightError DEPLOY_NO_TERRAFORM, DEPLOY_OLD_TERRAFORM (exit 3)
 */
export function findTerraform(path: string = childEnvironment().PATH ?? '', tools: string = toolsFolder()): string {
  const { minimum, release } = JSON.parse(readFileSync(join(projectRoot(), 'tooling/terraform.json'), 'utf8')) as Pinned;
  const onPath = ['terraform', 'tofu'].flatMap((name) =>
    path
      .split(delimiter)
      .filter(Boolean)
      .map((folder) => join(folder, name)),
  );
  let old: { executable: string; version: string } | undefined;
  for (const executable of [...onPath, join(tools, 'terraform', release, 'terraform')].filter(existsSync)) {
    const version = versionOf(executable);
    if (isAtLeast(version, minimum)) return executable;
    old ??= { executable, version };
  }
  if (old) {
    throw new LakewrightError(
      'DEPLOY_OLD_TERRAFORM',
      `Terraform ${minimum} or later is needed, ${old.executable} is ${old.version || 'of no version that it tells'}`,
      { hint: GET_IT, exitCode: EXIT.missing },
    );
  }
  throw new LakewrightError('DEPLOY_NO_TERRAFORM', 'neither terraform nor tofu is on PATH', {
    hint: GET_IT,
    exitCode: EXIT.missing,
  });
}

/** As `version -json` tells it; empty when it tells nothing. */
function versionOf(executable: string): string {
  const told = known.get(executable);
  if (told !== undefined) return told;
  const env = childEnvironment({
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: process.platform === 'win32' ? 'NUL' : '/dev/null',
  });
  const { stdout } = spawnSync(executable, ['version', '-json'], { encoding: 'utf8', env });
  const version = parsed(stdout);
  known.set(executable, version);
  return version;
}

function parsed(text: string | null): string {
  try {
    return (JSON.parse(text ?? '') as { terraform_version?: string }).terraform_version ?? '';
  } catch {
    return '';
  }
}

function isAtLeast(version: string, minimum: string): boolean {
  const [given, least] = [version, minimum].map((text) => text.split('-')[0]!.split('.').map(Number)) as [number[], number[]];
  const different = least.findIndex((number, index) => given[index] !== number);
  return different < 0 || (given[different] ?? 0) > least[different]!;
}
