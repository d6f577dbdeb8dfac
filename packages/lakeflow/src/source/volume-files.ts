import type { SourceLocation } from '@lakewright/config';
import type { FoundFile } from './file-store';
import { LocalFiles } from './local-files';
import { normalVolumePath, resolveVolumePath } from './volume-path';

/** Files of Unity Catalog volumes: folders of this machine under the names that the platform gives them. */
export class VolumeFiles extends LocalFiles {
  constructor(
    location: SourceLocation,
    private readonly volumes: string,
  ) {
    super(location);
  }

  /** @throws LakewrightError LAKEFLOW_VOLUME_PATH, LAKEFLOW_VOLUME_MISSING, LAKEFLOW_SOURCE_MISSING for a folder that is not in the volume */
  override async list(path: string): Promise<readonly FoundFile[]> {
    const normal = normalVolumePath(path, this.location);
    const found = await super.list(resolveVolumePath(this.volumes, normal, this.location));
    return found.map((file) => ({ ...file, volumePath: this.shown(file.path) }));
  }

  /** `/Volumes/...` of a path below the folder of the volumes. */
  protected override shown(path: string): string {
    return `/Volumes${path.slice(this.volumes.length)}`;
  }
}
