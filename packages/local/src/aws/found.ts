/** Names of the errors by which AWS services say that a thing is not there. */
const ABSENT = new Set([
  'EntityNotFoundException',
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
  'StateMachineDoesNotExist',
  'ResourceNotFoundFault',
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
