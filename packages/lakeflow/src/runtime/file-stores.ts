import { LakewrightError } from '@lakewright/config';
import type { FileStore } from '../source/file-store';
import { LocalFiles } from '../source/local-files';
import { isS3, S3Files, type S3Settings } from '../source/s3-files';
import { VolumeFiles } from '../source/volume-files';
import { isVolumePath } from '../source/volume-path';
import type { FileRead } from '../sql';

/** The file stores of one update: connections to S3 are kept. */
export class FileStores {
  private readonly s3 = new Map<string, S3Files>();

  constructor(
    private readonly settings: S3Settings | undefined,
    /** Folder of the volumes. */
    private readonly volumes: string | undefined,
  ) {}

  of(read: FileRead): FileStore {
    if (isVolumePath(read.path)) return this.volumesOf(read);
    if (!isS3(read.path)) return new LocalFiles(read.location);
    if (!this.settings) {
      throw new LakewrightError('LAKEFLOW_S3', `${read.path} is in S3, and this update was given no S3`, {
        location: read.location,
        hint: 'give runUpdate the option s3: {endpoint, region, credentials}',
      });
    }
    const key = `${read.location.file}:${read.location.line}:${read.location.column}`;
    const store = this.s3.get(key) ?? new S3Files(read.location, this.settings);
    this.s3.set(key, store);
    return store;
  }

  private volumesOf(read: FileRead): FileStore {
    if (this.volumes !== undefined) return new VolumeFiles(read.location, this.volumes);
    throw new LakewrightError('LAKEFLOW_VOLUMES', `${read.path} is in a volume, and this update was given no volumes`, {
      location: read.location,
      hint: 'give runUpdate the option volumes: the folder that holds them',
    });
  }

  close(): void {
    for (const store of this.s3.values()) store.close();
  }
}
