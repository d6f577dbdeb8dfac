import type { Outcome } from './runner';
import { matches } from './values';

/** Names of the errors by which AWS services say that a thing is not there. */
const ABSENT = new Set([
  'NotFound',
  'NoSuchBucket',
  'NoSuchBucketPolicy',
  'NoSuchEntity',
  'NoSuchEntityException',
  'NoSuchLifecycleConfiguration',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchTagSet',
  'NotFoundException',
  'OwnershipControlsNotFoundError',
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'ServerSideEncryptionConfigurationNotFoundError',
  'SubscriptionNotFound',
]);

/** What a call returns, or undefined when the service says that the thing does not exist. */
export async function found<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const { name, Code } = error as { name?: string; Code?: string };
    if (ABSENT.has(name ?? '') || ABSENT.has(Code ?? '')) return undefined;
    throw error;
  }
}

/** Writes what is wanted unless it is there already. `actual` is undefined when the thing does not exist. */
export async function mend(actual: unknown, wanted: unknown, write: () => Promise<unknown>): Promise<Outcome> {
  if (actual !== undefined && matches(actual, wanted)) return 'unchanged';
  await write();
  return actual === undefined ? 'created' : 'updated';
}

/** Several steps on one thing are one outcome: created beats updated beats unchanged. */
export function combined(...outcomes: Outcome[]): Outcome {
  if (outcomes.includes('created')) return 'created';
  return outcomes.includes('updated') ? 'updated' : 'unchanged';
}

/** A part of a thing that already exists is an update of it, also when the part is new. */
export function part(outcome: Outcome): Outcome {
  return outcome === 'created' ? 'updated' : outcome;
}
