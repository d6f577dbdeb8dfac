import { createHash } from 'node:crypto';
import type { BucketEvent } from './notification';

/** What the pipeline reads: one line of JSON in one object. The README of this app describes each field. */
export interface Message {
  readonly message_id: string;
  readonly event_type: string;
  readonly event_time: string;
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string | null;
  readonly sequencer: string;
  /** The document as it came; null for removals and for versions that were gone before they could be read. */
  readonly content: string | null;
  readonly content_encoding: 'utf-8' | 'base64' | null;
  /** True for a created object whose version no longer exists. */
  readonly content_missing: boolean;
  /** True for a version that is too large to be carried: it stays where it is, and `content` is null. */
  readonly content_too_large: boolean;
  /** The run that wrote this version, from its metadata; null for removals, which carry none, and for writers that name none. */
  readonly run_id: string | null;
}

/** An object version as it was written. */
export interface StoredVersion {
  /** Null when there are more of them than a message carries. */
  readonly bytes: Uint8Array | null;
  /** `x-amz-meta-run-id`, whatever the writer put there. */
  readonly runId?: string;
}

/** Reads a version; undefined if it no longer exists. */
export type ReadVersion = (bucket: string, key: string, versionId: string | null) => Promise<StoredVersion | undefined>;

/**
 * The most bytes of a document that a message carries: several thousand times what a listing has. It bounds the memory of this function
 * (256 MB; a document that is all control characters takes six times its size as JSON) and of everything that reads the messages.
 */
export const LARGEST_DOCUMENT = 8 * 1024 * 1024;

/** Anything else in the metadata is no run id: whoever may write objects may write what they like there. */
const RUN_ID = /^[\w.:-]{1,64}$/;

/** Builds the message of one event; the same event always gives the same `message_id`. */
export async function buildMessage(event: BucketEvent, read: ReadVersion): Promise<Message> {
  const created = event.type.startsWith('ObjectCreated:');
  const version = created ? await read(event.bucket, event.key, event.versionId) : undefined;
  return {
    message_id: messageId(event),
    event_type: event.type,
    event_time: event.time,
    bucket: event.bucket,
    key: event.key,
    version_id: event.versionId,
    sequencer: event.sequencer,
    ...encode(version?.bytes),
    content_missing: created && version === undefined,
    content_too_large: version?.bytes === null,
    run_id: version?.runId && RUN_ID.test(version.runId) ? version.runId : null,
  };
}

/** Object key of a message in the staging bucket. */
export function messageKey(prefix: string, message: Message): string {
  return `${prefix}${message.message_id}.json`;
}

/** Kind is "ObjectCreated" or "ObjectRemoved": how an object was put (Put, Copy, ...) makes no other event of it. */
function messageId({ bucket, key, versionId, sequencer, type }: BucketEvent): string {
  const kind = type.slice(0, type.indexOf(':'));
  return createHash('sha256')
    .update(JSON.stringify([bucket, key, versionId, sequencer, kind]))
    .digest('hex');
}

function encode(bytes: Uint8Array | null | undefined): Pick<Message, 'content' | 'content_encoding'> {
  if (!bytes) return { content: null, content_encoding: null };
  try {
    // Byte order marks are content too: the document is kept as it came.
    return { content: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), content_encoding: 'utf-8' };
  } catch {
    return { content: Buffer.from(bytes).toString('base64'), content_encoding: 'base64' };
  }
}
