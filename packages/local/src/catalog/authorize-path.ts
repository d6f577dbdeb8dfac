import { authorize } from '@lakewright/catalog';
import type { LocalContext } from '../context';
import { readGovernance } from './deployed';
import { pathAction } from './paths';

/**
 * Lets a principal read or write files by their path: `/Volumes/<catalog>/<schema>/<volume>/...` or an address below an external location.
 *
 * @param principal as Unity Catalog names it, or the plain name of a service principal; undefined for the metastore's admin
 * @throws DeniedError CATALOG_DENIED, LakewrightError CATALOG_UNKNOWN_PRINCIPAL
 */
export function authorizePath(context: LocalContext, principal: string | undefined, path: string, what: 'read' | 'write'): void {
  if (principal === undefined) return;
  const { metastore, directory } = readGovernance(context);
  authorize(metastore, directory, directory.identity(principal), [pathAction(metastore, path, what)]);
}
