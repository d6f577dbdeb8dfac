import { LakewrightError } from '@lakewright/config';

/**
 * Refuses what DMS takes for no identifier, or for none that can end an ARN (API reference, "CreateReplicationTask",
 * ResourceIdentifier).
 *
 * @throws LakewrightError CONSTRUCT_DMS_IDENTIFIER
 */
export function validateDmsIdentifier(property: string, name: string): void {
  if (name.length <= 31 && /^[a-z](?:-?[a-z0-9])*$/.test(name)) return;
  throw new LakewrightError(
    'CONSTRUCT_DMS_IDENTIFIER',
    `${property}: must be 1 to 31 characters of a-z, 0-9 and single "-", beginning with a letter (got "${name}")`,
    { hint: 'shorten it' },
  );
}
