import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  changedListing,
  type Listing,
  newListing,
} from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/listing';
import { Random } from '../../apps/listings/lambdas/sales_and_rentals_publishing_service/random';

const BUCKET = 'lakewright-listings-listings-local-000000000000';
const RETRY_MS = 250;

/** One acknowledged write: what S3 must never lose again. */
export interface Acknowledged {
  readonly key: string;
  readonly versionId: string;
}

/**
 * A portal that publishes at an even rate from outside, whatever happens to the local plane: a write that got no answer is
 * tried again until it got one. Operations of one key happen one after the other.
 */
export class Portal {
  readonly acknowledged: Acknowledged[] = [];
  readonly counts = { create: 0, update: 0, delete: 0 };
  /** Tries that got no answer. */
  unanswered = 0;
  private readonly s3: S3Client;
  private readonly random: Random;
  private readonly living = new Map<string, Listing>();
  private readonly idle: string[] = [];
  private readonly under = new Set<Promise<void>>();
  private index = 0;

  constructor(
    endpoint: string,
    private readonly seed: number,
    private readonly parallel = 32,
  ) {
    this.random = new Random(seed, 'portal');
    this.s3 = new S3Client({
      endpoint,
      region: 'eu-west-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  /** Publishes until the signal, `rate` operations a second; what could not start in time is made up for while possible. */
  async publish(rate: number, signal: AbortSignal): Promise<void> {
    const began = Date.now();
    let started = 0;
    while (!signal.aborted) {
      const due = Math.floor(((Date.now() - began) / 1000) * rate);
      while (started < due && this.under.size < this.parallel) {
        started += 1;
        const operation = this.operate().finally(() => this.under.delete(operation));
        this.under.add(operation);
      }
      await sleep(5);
    }
    await Promise.all(this.under);
  }

  close(): void {
    this.s3.destroy();
  }

  private async operate(): Promise<void> {
    const index = this.index++;
    const chosen = this.random.weighted([
      ['create', 60],
      ['update', 30],
      ['delete', 10],
    ] as const);
    const known = chosen === 'create' ? undefined : this.takeIdle();
    const action = known ? chosen : 'create';
    const key = known ?? `listings/lst_${this.seed.toString(16)}x${index.toString(16)}.json`;
    if (action === 'delete') {
      this.living.delete(key);
      await this.insist(key, () => this.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })));
    } else {
      const random = new Random(this.seed, 'listing', index);
      const before = this.living.get(key);
      const id = key.slice('listings/'.length, -'.json'.length);
      const listing = before ? changedListing(before, random) : newListing(id, '2026-06-01T00:00:00.000Z', random);
      const Body = JSON.stringify(listing);
      await this.insist(key, () =>
        this.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body, ContentType: 'application/json' })),
      );
      this.living.set(key, listing);
      this.idle.push(key);
    }
    this.counts[action] += 1;
  }

  /** A key on which nothing is under way: taken out until its operation has ended. */
  private takeIdle(): string | undefined {
    const last = this.idle.pop();
    if (last === undefined || this.idle.length === 0) return last;
    const position = this.random.integer(0, this.idle.length - 1);
    const key = this.idle[position]!;
    this.idle[position] = last;
    return key;
  }

  private async insist(key: string, write: () => Promise<{ VersionId?: string }>): Promise<void> {
    for (;;) {
      try {
        const { VersionId } = await write();
        this.acknowledged.push({ key, versionId: VersionId! });
        return;
      } catch {
        this.unanswered += 1;
        await sleep(RETRY_MS);
      }
    }
  }
}
