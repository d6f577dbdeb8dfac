import type { LocalPlane } from './clone';
import { foldListings, listingVersions } from './listings-fold';

/** What was compared, and every difference found; no difference: the tables are right. */
export interface Comparison {
  readonly listings: number;
  readonly deleted: number;
  /** Versions and delete markers in the source bucket. */
  readonly versions: number;
  readonly messages: number;
  readonly differences: readonly string[];
}

interface CurrentRow {
  readonly listing_id: string;
  readonly is_deleted: boolean;
  readonly city: string;
  readonly price_amount: string | number;
}

/** Compares the tables of `listings` with the versions of the objects in its source bucket. */
export async function compareWithFold(plane: LocalPlane): Promise<Comparison> {
  const source = [`http://127.0.0.1:${plane.ports().aws}`, 'eu-west-1'] as const;
  const versions = await listingVersions(...source);
  const fold = await foldListings(...source);
  const differences: string[] = [];

  const messages = await plane.rows<{ key: string; version_id: string; n: number }>(
    'SELECT key, version_id, count(*) AS n FROM listings_local.bronze.raw_listings GROUP BY key, version_id',
  );
  const inBronze = new Set(messages.map(({ key, version_id }) => `${key} ${version_id}`));
  for (const { key, version_id, n } of messages) {
    if (Number(n) !== 1) differences.push(`bronze has ${n} messages of ${key} ${version_id}`);
  }
  const announced = new Set<string>();
  for (const own of versions.values()) {
    for (const [index, { key, versionId, marker }] of own.entries()) {
      announced.add(`${key} ${versionId}`);
      // S3 announces no removal of what is removed already.
      const nothingToRemove = marker && (own[index + 1]?.marker ?? true);
      if (!nothingToRemove && !inBronze.has(`${key} ${versionId}`)) differences.push(`bronze lacks ${key} ${versionId}`);
    }
  }
  for (const message of inBronze) if (!announced.has(message)) differences.push(`bronze has ${message}, the bucket has not`);

  const current = await plane.rows<CurrentRow>(
    'SELECT listing_id, is_deleted, city, price_amount FROM listings_local.gold.current_listings',
  );
  const rows = new Map(current.map((row) => [row.listing_id, row]));
  for (const { listingId, deleted, document } of fold.values()) {
    const row = rows.get(listingId);
    const wanted = {
      is_deleted: deleted,
      city: (document.address as { city: string }).city,
      price_amount: Number((document.price as { amount: number }).amount),
    };
    const found = row && { is_deleted: row.is_deleted, city: row.city, price_amount: Number(row.price_amount) };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      differences.push(`current ${listingId}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    }
  }
  if (rows.size !== fold.size) differences.push(`current has ${rows.size} listings, the bucket ${fold.size}`);

  const history = await plane.rows<{ listing_id: string; versions: number; open: number }>(
    'SELECT listing_id, count(*) AS versions, sum(CASE WHEN is_current THEN 1 ELSE 0 END) AS open FROM listings_local.gold.listings_history GROUP BY listing_id',
  );
  for (const row of history) {
    const listing = fold.get(row.listing_id);
    if (Number(row.open) !== (listing?.deleted ? 0 : 1)) differences.push(`history ${row.listing_id}: ${row.open} open versions`);
    if (Number(row.versions) > (listing?.versions ?? 0)) differences.push(`history ${row.listing_id}: ${row.versions} versions`);
  }
  if (history.length !== fold.size) differences.push(`history has ${history.length} listings, the bucket ${fold.size}`);

  return {
    listings: fold.size,
    deleted: [...fold.values()].filter(({ deleted }) => deleted).length,
    versions: [...versions.values()].reduce((sum, own) => sum + own.length, 0),
    messages: messages.length,
    differences,
  };
}
