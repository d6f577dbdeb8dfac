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

/** Folds the object versions of the listings bucket into the present state of every listing. */
export async function foldListings(endpoint: string, region: string): Promise<Map<string, FoldedListing>> {
  const s3 = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const bucket = 'lakewright-listings-listings-local-000000000000';
  const versions: { key: string; versionId: string; latest: boolean }[] = [];
  const deleted = new Set<string>();
  let position: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, ...position }));
    for (const version of page.Versions ?? []) {
      versions.push({ key: version.Key!, versionId: version.VersionId!, latest: version.IsLatest ?? false });
    }
    for (const marker of page.DeleteMarkers ?? []) if (marker.IsLatest) deleted.add(marker.Key!);
    if (!page.IsTruncated) break;
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  const listings = new Map<string, FoldedListing>();
  for (const key of new Set(versions.map((version) => version.key))) {
    // S3 lists the versions of a key from the newest to the oldest.
    const own = versions.filter((version) => version.key === key);
    const newest = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: own[0]!.versionId }));
    const document = JSON.parse(await newest.Body!.transformToString()) as Record<string, unknown>;
    const listingId = key.replace(/^listings\//, '').replace(/\.json$/, '');
    listings.set(listingId, { listingId, deleted: deleted.has(key), document, versions: own.length });
  }
  s3.destroy();
  return listings;
}
