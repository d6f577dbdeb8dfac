import { COMPUTE } from './aws/compute';
import { IDENTITY } from './aws/identity';
import { MESSAGING } from './aws/messaging';
import { NETWORK } from './aws/network';
import { STORAGE } from './aws/storage';
import { DATABRICKS } from './databricks';
import type { Rules } from './rule';

const ALL: Readonly<Record<string, Rules>> = { ...STORAGE, ...MESSAGING, ...COMPUTE, ...IDENTITY, ...NETWORK, ...DATABRICKS };

/** The rules of a resource type; none for types that the generic rule serves alone. */
export function rulesOf(type: string): Rules {
  return ALL[type] ?? {};
}
