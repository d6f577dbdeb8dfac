/** One event of the listings bucket, as S3 announces it. */
export interface BucketEvent {
  /** Without the prefix `s3:`, e.g. `ObjectCreated:Put` or `ObjectRemoved:DeleteMarkerCreated`. */
  readonly type: string;
  /** ISO 8601 in UTC, as S3 wrote it. */
  readonly time: string;
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** Null in a bucket without versions. */
  readonly versionId: string | null;
  /** Orders the events of one key: hexadecimal, compare padded on the right with zeros. */
  readonly sequencer: string;
  /** Bytes of the object; null for removals, and where S3 does not say. */
  readonly size: number | null;
}

/** A body that is no notification of S3. */
export class NotificationError extends Error {
  override readonly name = 'NotificationError';
}

/**
 * The events in the body of one SQS message; none in the test message that S3 sends when notifications are set up.
 * Format: docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @throws NotificationError if the body is not JSON or a record lacks a field
 */
export function readNotification(body: string): BucketEvent[] {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch (cause) {
    throw new NotificationError(`the message body is not JSON: ${body.slice(0, 80)}`, { cause });
  }
  if (at(content, 'Event') === 's3:TestEvent') return [];
  const records = at(content, 'Records');
  if (!Array.isArray(records)) throw new NotificationError('the message body has no Records: it is no notification of S3');
  return records.map(readRecord);
}

function readRecord(record: unknown, index: number): BucketEvent {
  const text = (...path: string[]): string => {
    const value = at(record, ...path);
    if (typeof value === 'string' && value !== '') return value;
    throw new NotificationError(`Records[${index}].${path.join('.')} is ${JSON.stringify(value)}: it must be a text`);
  };
  const type = text('eventName').replace(/^s3:/, '');
  if (!/^Object(Created|Removed):/.test(type)) {
    throw new NotificationError(`Records[${index}].eventName is "${type}": only ObjectCreated and ObjectRemoved are handled`);
  }
  const versionId = at(record, 's3', 'object', 'versionId');
  const size = at(record, 's3', 'object', 'size');
  return {
    type,
    time: text('eventTime'),
    bucket: text('s3', 'bucket', 'name'),
    key: decodeKey(text('s3', 'object', 'key')),
    versionId: typeof versionId === 'string' && versionId !== '' ? versionId : null,
    sequencer: text('s3', 'object', 'sequencer'),
    size: typeof size === 'number' ? size : null,
  };
}

/** Keys in notifications are encoded like the fields of a form: a space is a plus sign. */
function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined),
    value,
  );
}
