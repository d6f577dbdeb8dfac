import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import type { DeployedStack } from '@lakewright/deploy';
import type { LocalContext } from '../context';

/** One managed resource of the deployed state. */
export interface DeployedResource {
  /** Terraform's address, unique within its stack. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  /** The synthesized stack's folder relative to the checkout: assets are resolved against it. */
  readonly folder: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Addresses, in the same stack, that Terraform created first. */
  readonly dependsOn: readonly string[];
}

/** What is deployed to `local`: every managed resource, stacks in dependency order. */
export interface Deployment {
  readonly stacks: readonly string[];
  readonly resources: readonly DeployedResource[];
}

interface StateDocument {
  readonly values?: { readonly root_module?: StateModule };
}
interface StateModule {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly StateModule[];
}
interface StateResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly values?: Record<string, unknown>;
  readonly sensitive_values?: unknown;
  readonly depends_on?: readonly string[];
}

/**
 * Flattens the states of the stacks (in dependency order) into one list of managed resources. Data sources are left out, and
 * so is every value that Terraform marks sensitive: nothing the data plane does needs one.
 * The format is documented at developer.hashicorp.com/terraform/internals/json-format#state-representation.
 *
 * @throws LakewrightError LOCAL_STATE when a document is not a state
 */
export function readDeployment(context: Pick<LocalContext, 'root'>, stacks: readonly DeployedStack[]): Deployment {
  const resources = stacks.flatMap(({ stack, folder, state }) => {
    const module = (state as StateDocument | null)?.values?.root_module;
    if (typeof state !== 'object' || state === null || !('format_version' in state)) {
      throw new LakewrightError('LOCAL_STATE', `the state of stack ${stack} is not a document of "terraform show -json"`, {
        hint: 'lakewright up applies the stacks again',
      });
    }
    const place = { stack, folder: isAbsolute(folder) ? relative(context.root, folder) : folder };
    return module ? managedResources(module).map((resource) => ({ ...resource, ...place })) : [];
  });
  return { stacks: stacks.map(({ stack }) => stack), resources };
}

function managedResources(module: StateModule): Omit<DeployedResource, 'stack' | 'folder'>[] {
  const own = (module.resources ?? [])
    .filter((resource) => resource.mode === 'managed')
    .map((resource) => ({
      address: resource.address,
      type: resource.type,
      name: resource.name,
      values: withoutSensitive(resource.values ?? {}, resource.sensitive_values) as Record<string, unknown>,
      dependsOn: resource.depends_on ?? [],
    }));
  return [...own, ...(module.child_modules ?? []).flatMap(managedResources)];
}

/** `marks` mirrors the shape of the values, with `true` where a value is sensitive. */
function withoutSensitive(value: unknown, marks: unknown): unknown {
  if (marks === true) return null;
  if (typeof marks !== 'object' || marks === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => withoutSensitive(item, (marks as unknown[])[index]));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutSensitive(item, (marks as Record<string, unknown>)[key])]),
  );
}

/** Keeps the deployment in `<home>/deployment.json`, so that runs, queries and `status` need no Terraform. */
export function saveDeployment(context: Pick<LocalContext, 'paths'>, deployment: Deployment): void {
  mkdirSync(context.paths.home, { recursive: true });
  const file = deploymentFile(context);
  writeFileSync(`${file}.draft`, `${JSON.stringify(deployment, null, 1)}\n`);
  renameSync(`${file}.draft`, file);
}

/** Whether a deployment was saved. */
export function isDeployed(context: Pick<LocalContext, 'paths'>): boolean {
  return existsSync(deploymentFile(context));
}

/**
 * The deployment last saved.
 *
 * @throws LakewrightError LOCAL_NOT_DEPLOYED when nothing was deployed yet
 */
export function loadDeployment(context: Pick<LocalContext, 'paths'>): Deployment {
  if (!isDeployed(context)) {
    throw new LakewrightError('LOCAL_NOT_DEPLOYED', 'nothing is deployed to the local plane yet', { hint: 'lakewright up' });
  }
  return JSON.parse(readFileSync(deploymentFile(context), 'utf8')) as Deployment;
}

function deploymentFile(context: Pick<LocalContext, 'paths'>): string {
  return join(context.paths.home, 'deployment.json');
}

/**
 * The absolute path of an asset that a resource names relative to its stack's folder.
 *
 * @throws LakewrightError LOCAL_ASSET_MISSING naming the resource
 */
export function assetPath(context: Pick<LocalContext, 'root'>, resource: DeployedResource, path: string): string {
  const file = resolve(context.root, resource.folder, path);
  if (existsSync(file)) return file;
  throw new LakewrightError('LOCAL_ASSET_MISSING', `${resource.address} (stack ${resource.stack}): its file ${path} is missing`, {
    hint: 'synthesize again: lakewright up',
  });
}
