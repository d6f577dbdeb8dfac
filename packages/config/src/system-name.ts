import { z } from 'zod';
import { LakewrightError } from './errors';

/** What else bears a stack's name: `aws-foundation` is nobody's system. */
const RESERVED = ['foundation'];

/**
 * The one rule: a system is named alike as a folder of `apps/`, a file of each stack, a stack, a catalog, a bucket and a role. SQL
 * refuses "-" in a name, S3 refuses "_", and a bucket's name carries the part, the environment and the account beside it, in 63
 * characters.
 */
const RULE = `must be 2 to 20 lower-case letters and digits, begin with a letter, and not be ${RESERVED.map((name) => `"${name}"`).join(', ')}`;

/** The name of a system, as a part of other schemas. */
export const systemName = z.string().refine(isSystemName, RULE);

export function isSystemName(name: string): boolean {
  return /^[a-z][a-z0-9]{1,19}$/.test(name) && !RESERVED.includes(name);
}

/**
 * @param where what bears the name: `apps/home_sales`
 * @throws LakewrightError CONFIG_SYSTEM_NAME
 */
export function requireSystemName(name: string, where: string, exitCode?: number): void {
  if (isSystemName(name)) return;
  throw new LakewrightError('CONFIG_SYSTEM_NAME', `${where}: the name of a system ${RULE} (got ${JSON.stringify(name)})`, {
    hint: 'folders, stacks, catalogs and buckets are named after it: parcels',
    exitCode,
  });
}
