/** The last segment of a queue's address or ARN: addresses in a state carry the port of the moment. */
export function queueName(addressOrArn: string): string {
  return addressOrArn.slice(Math.max(addressOrArn.lastIndexOf('/'), addressOrArn.lastIndexOf(':')) + 1);
}

/** The name in a function's name, ARN or qualified ARN. */
export function functionName(nameOrArn: string): string {
  const match = /:function:([^:]+)/.exec(nameOrArn);
  return match ? match[1]! : nameOrArn;
}
