import { LakewrightError } from '@lakewright/config';
import type { DeployedResource } from '../deployment/deployment';

/** A nested block of a state: Terraform keeps each as a list, also where at most one is allowed. */
export type Block = Readonly<Record<string, unknown>>;

/** A text that the resource must have. @throws LakewrightError LOCAL_STATE_VALUE naming resource and attribute */
export function text(resource: DeployedResource, attribute: string): string {
  const value = resource.values[attribute];
  if (typeof value === 'string' && value !== '') return value;
  throw new LakewrightError(
    'LOCAL_STATE_VALUE',
    `${resource.address} (stack ${resource.stack}): the state has no ${attribute} (got ${JSON.stringify(value) ?? 'nothing'})`,
    { hint: 'set it in the stack; a name that only the cloud would generate is not known locally' },
  );
}

export function optionalText(values: Block, attribute: string): string | undefined {
  const value = values[attribute];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function optionalNumber(values: Block, attribute: string): number | undefined {
  const value = values[attribute];
  return typeof value === 'number' ? value : undefined;
}

export function optionalBoolean(values: Block, attribute: string): boolean | undefined {
  const value = values[attribute];
  return typeof value === 'boolean' ? value : undefined;
}

/** The blocks of one name; none when the attribute is missing. A single object counts as one block. */
export function blocks(values: Block, attribute: string): Block[] {
  const value = values[attribute];
  if (Array.isArray(value)) return value.filter((item): item is Block => typeof item === 'object' && item !== null);
  return typeof value === 'object' && value !== null ? [value as Block] : [];
}

export function block(values: Block, attribute: string): Block | undefined {
  return blocks(values, attribute)[0];
}

export function texts(values: Block, attribute: string): string[] {
  const value = values[attribute];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A map of texts such as tags or variables. */
export function textMap(values: Block, attribute: string): Record<string, string> {
  const value = values[attribute];
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The tags that the cloud would see: those of the resource and the provider's defaults. */
export function tags(resource: DeployedResource): Record<string, string> {
  return { ...textMap(resource.values, 'tags'), ...textMap(resource.values, 'tags_all') };
}

/** A JSON document (a policy) without the accidents of its writing; undefined when there is none. */
export function jsonDocument(document: string | undefined): string | undefined {
  if (document === undefined) return undefined;
  const parsed = JSON.parse(document) as unknown;
  return typeof parsed === 'object' && parsed !== null ? JSON.stringify(parsed) : undefined;
}

/**
 * Whether everything wanted is there: objects may have more fields than wanted (a service adds defaults), lists are compared as
 * sets, `undefined` and empty wanted values match nothing there, and texts that are JSON documents are compared as such.
 */
export function matches(actual: unknown, wanted: unknown): boolean {
  if (isNothing(wanted)) return isNothing(actual);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return false;
    return wanted.every((item) => actual.some((candidate) => matches(candidate, item)));
  }
  if (typeof wanted === 'object') {
    if (typeof actual !== 'object' || actual === null) return false;
    return Object.entries(wanted as Block).every(([key, value]) => value === undefined || matches((actual as Block)[key], value));
  }
  if (typeof wanted === 'string' && typeof actual === 'string') return wanted === actual || sameDocument(wanted, actual);
  return actual === wanted;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value as object).length === 0;
}

function sameDocument(a: string, b: string): boolean {
  if (!/^\s*[{[]/.test(a) || !/^\s*[{[]/.test(b)) return false;
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
