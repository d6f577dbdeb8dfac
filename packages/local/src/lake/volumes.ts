import { resolveVolumePath } from '@lakewright/lakeflow/volume-path';
import type { LocalContext } from '../context';

/**
 * Where `/Volumes/<catalog>/<schema>/<volume>/...` lies on this machine; what follows the volume need not exist.
 *
 * @throws LakewrightError LAKEFLOW_VOLUME_PATH for a path that names no volume or leaves it, LAKEFLOW_VOLUME_MISSING for a volume that
 *   is not deployed
 */
export function volumeFolder(context: Pick<LocalContext, 'paths'>, path: string): string {
  return resolveVolumePath(context.paths.volumes, path);
}
