import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  changedListing,
  type Listing,
  newListing,
} from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/listing';
import { Random } from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/random';

/** How many events one file of JSON lines holds: about as many megabytes as a lander would put into one object. */
const EVENTS_PER_FILE = 50_000;
/** Listings that live at once at the most: a fifth of the events, as a portal has about five events a listing. */
const EVENTS_PER_LISTING = 5;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Events of listings without end, the same for the same seed: creations, changes, and deletions, as messages of the listings app. */
export class ListingEvents {
  private readonly random: Random;
  private readonly listings: Listing[] = [];
  private made = 0;

  constructor(
    private readonly expected: number,
    seed = '1',
  ) {
    this.random = new Random(seed, 'bench');
  }

  /** Writes the next `count` events into files of a folder whose names begin with `prefix`. */
  write(folder: string, prefix: string, count: number): void {
    for (let done = 0, part = 0; done < count; part += 1) {
      const events = Math.min(EVENTS_PER_FILE, count - done);
      const file = openSync(join(folder, `${prefix}-${String(part).padStart(4, '0')}.json`), 'w');
      for (let left = events; left > 0; left -= 1000) {
        const lines = Array.from({ length: Math.min(1000, left) }, () => `${JSON.stringify(this.next())}\n`);
        writeSync(file, lines.join(''));
      }
      closeSync(file);
      done += events;
    }
  }

  private next(): object {
    const number = this.made;
    this.made += 1;
    const { id, listing } = this.change(number);
    return {
      message_id: `${number.toString(16).padStart(16, '0')}`.repeat(4),
      event_type: listing ? 'ObjectCreated:Put' : 'ObjectRemoved:DeleteMarkerCreated',
      event_time: new Date(START + number * 250).toISOString(),
      bucket: 'listings',
      key: `listings/${id}.json`,
      version_id: `v${number}`,
      sequencer: number.toString(16).toUpperCase().padStart(18, '0'),
      content: listing ? JSON.stringify(listing) : null,
      content_encoding: listing ? 'utf-8' : null,
      content_missing: false,
      content_too_large: false,
      run_id: listing ? 'bench' : null,
    };
  }

  private change(number: number): { readonly id: string; readonly listing: Listing | undefined } {
    const random = this.random;
    const listings = this.listings;
    const isFull = listings.length >= this.expected / EVENTS_PER_LISTING;
    if (listings.length === 0 || (!isFull && random.chance(0.4))) {
      const listing = newListing(`lst_${number.toString(16).padStart(12, '0')}`, '2026-01-01T00:00:00.000Z', random);
      listings.push(listing);
      return { id: listing.listing_id, listing };
    }
    const position = random.integer(0, listings.length - 1);
    const before = listings[position]!;
    if (random.chance(0.1)) {
      listings[position] = listings.at(-1)!;
      listings.pop();
      return { id: before.listing_id, listing: undefined };
    }
    const listing = changedListing(before, random);
    listings[position] = listing;
    return { id: listing.listing_id, listing };
  }
}
