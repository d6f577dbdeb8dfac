import type { Environment } from './environment';
import { LakewrightError } from './errors';

/** All roles of the project lie on this path, so that the right to manage them can be given by it. */
export const ROLE_PATH = '/lakewright/';
/** The role that deploys: the foundation makes it, the delivery assumes it. */
export const DELIVERY_ROLE = 'github-delivery';

/**
 * The name of a bucket: unique in the world because it carries the account, and the same function everywhere. A part of ten
 * characters goes with every system and environment.
 *
 * @param owner a system, or `foundation`
 * @throws LakewrightError CONFIG_NAME when S3 would refuse it (3 to 63 characters of a-z, 0-9 and -)
 */
export function bucketName(environment: Environment, owner: string, part: string): string {
  const name = `lakewright-${owner}-${part}-${environment.name}-${environment.aws.accountId}`;
  if (!/^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/.test(name)) {
    throw new LakewrightError('CONFIG_NAME', `"${name}" cannot be a bucket name: 3 to 63 characters of a-z, 0-9 and "-"`, {
      hint: `shorten the part "${part}"`,
    });
  }
  return name;
}

/** The Unity Catalog catalog of a system: `<system>_<env>`. */
export function catalogName(environment: Environment, system: string): string {
  return `${system}_${environment.name}`;
}

/**
 * The workspace folder of a system's files: below the root, where only administrators can make anything. In `/Shared` every user
 * could change what runs as the service principal.
 */
export function workspaceFolder(environment: Environment, system: string): string {
  return `/Workspace/lakewright/${environment.name}/${system}`;
}
