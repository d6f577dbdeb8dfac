import { join } from 'node:path';
import type { LocalContext } from '../../context';
import { serviceFolder } from '../instance';

/** Where the service keeps what is its own, and one log a run of a job. */
export function glueFolders(context: Pick<LocalContext, 'paths'>): { readonly folder: string; readonly logs: string } {
  return { folder: join(serviceFolder(context, 'glue'), 'data'), logs: join(context.paths.logs, 'glue') };
}
