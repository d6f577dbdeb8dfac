import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';

/** A listing as the source bucket itself tells it: nothing here uses the pipeline's or the Lambdas' code. */
export interface FoldedListing {
  readonly listingId: string;
  readonly deleted: boolean;
  /** The newest document, the last known one where the listing is deleted. */
  readonly document: Record<string, unknown>;
  /** How many versions with content the key ever had. */
  readonly versions: number;
}

/** One version or delete marker of the listings bucket. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly latest: boolean;
  readonly marker: boolean;
}

const BUCKET = 'lakewright-listings-listings-local-000000000000';
const PARALLEL_READS = 16;

function client(endpoint: string, region: string): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

/** Every version and delete marker of every listing; those of a key from the newest to the oldest, as S3 lists them. */
export async function listingVersions(endpoint: string, region: string): Promise<Map<string, ObjectVersion[]>> {
  const s3 = client(endpoint, region);
  const versions = new Map<string, ObjectVersion[]>();
  let position: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET, ...position }));
    const entries = [
      ...(page.Versions ?? []).map((entry) => ({ ...entry, marker: false })),
      ...(page.DeleteMarkers ?? []).map((entry) => ({ ...entry, marker: true })),
    ];
    for (const { Key, VersionId, IsLatest, marker } of entries) {
      const version = { key: Key!, versionId: VersionId!, latest: IsLatest ?? false, marker };
      const own = versions.get(Key!);
      if (own) own.push(version);
      else versions.set(Key!, [version]);
    }
    if (!page.IsTruncated) break;
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  s3.destroy();
  return versions;
}

/** Folds the object versions of the listings bucket into the present state of every listing. */
export async function foldListings(endpoint: string, region: string): Promise<Map<string, FoldedListing>> {
  const all = [...(await listingVersions(endpoint, region))];
  const s3 = client(endpoint, region);
  const listings = new Map<string, FoldedListing>();
  const read = async ([key, own]: [string, ObjectVersion[]]) => {
    const contents = own.filter(({ marker }) => !marker);
    const [newest] = contents;
    if (!newest) return;
    const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, VersionId: newest.versionId }));
    const document = JSON.parse(await object.Body!.transformToString()) as Record<string, unknown>;
    const listingId = key.replace(/^listings\//, '').replace(/\.json$/, '');
    const deleted = own.some(({ marker, latest }) => marker && latest);
    listings.set(listingId, { listingId, deleted, document, versions: contents.length });
  };
  for (let first = 0; first < all.length; first += PARALLEL_READS) {
    await Promise.all(all.slice(first, first + PARALLEL_READS).map(read));
  }
  s3.destroy();
  return listings;
}
