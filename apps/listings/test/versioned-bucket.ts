import type { ListingsBucket } from '../lambdas/sales_and_rentals_publishing_service/bucket';

/** One object version or delete marker, with what S3 would announce about it. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly sequencer: string;
  /** ISO 8601. */
  readonly time: string;
  /** Null for a delete marker. */
  readonly content: string | null;
  /** The run that wrote it; a delete marker carries none. */
  readonly runId?: string;
}

/** A versioned bucket in memory. Its clock moves a second a write; its sequencers grow. */
export class VersionedBucket implements ListingsBucket {
  readonly versions: ObjectVersion[] = [];
  readonly reads: string[] = [];

  async keys(prefix: string): Promise<string[]> {
    const keys = [...new Set(this.versions.map(({ key }) => key))].filter((key) => key.startsWith(prefix));
    // Not in order: whoever needs an order has to make it.
    return keys.filter((key) => this.current(key) !== undefined).toReversed();
  }

  async read(key: string): Promise<string | undefined> {
    this.reads.push(key);
    return this.current(key);
  }

  async write(key: string, content: string, runId: string): Promise<void> {
    this.add(key, content, runId);
  }

  async remove(key: string): Promise<void> {
    this.add(key, null);
  }

  /** Content of the latest version; undefined if it is a delete marker or there is none. */
  current(key: string): string | undefined {
    return this.versions.findLast((version) => version.key === key)?.content ?? undefined;
  }

  /** What the bucket holds now. */
  contents(): Record<string, string> {
    const keys = [...new Set(this.versions.map(({ key }) => key))].sort();
    return Object.fromEntries(
      keys.flatMap((key) => (this.current(key) === undefined ? [] : [[key, this.current(key) as string]])),
    );
  }

  private add(key: string, content: string | null, runId?: string): void {
    const index = this.versions.length + 1;
    this.versions.push({
      key,
      content,
      ...(runId === undefined ? {} : { runId }),
      versionId: `v${index}`,
      sequencer: (0x63f5_0000_0000 + index * 7).toString(16).toUpperCase().padStart(18, '0'),
      time: new Date(Date.UTC(2026, 5, 1, 8) + index * 1000).toISOString(),
    });
  }
}
