/**
 * A value of Terraform's language as plain JavaScript: objects and maps as objects, lists, sets and tuples as arrays (a set in the
 * order in which it came), numbers as number, or as bigint or text where a double cannot hold them.
 */
export type Value = null | string | number | bigint | boolean | Unknown | Uint8Array | Value[] | { [name: string]: Value };

export type ObjectValue = { [name: string]: Value };

/** A value that will be known after apply. `encoded` keeps what Terraform already knows of it (a refinement). */
export class Unknown {
  constructor(readonly encoded?: { readonly type: number; readonly data: Uint8Array }) {}
}

export const UNKNOWN = new Unknown();

export function isUnknown(value: Value | undefined): value is Unknown {
  return value instanceof Unknown;
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Uint8Array)
  );
}

/** True where some part of the value is unknown. */
export function hasUnknown(value: Value | undefined): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Equality; an unknown value equals nothing, not even itself. Sets must be in the same order: Terraform sends them in one. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (isUnknown(a) || isUnknown(b)) return false;
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((it, index) => sameValue(it, b[index]));
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => sameValue(a[name], b[name]));
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.from(a).equals(Buffer.from(b));
  return a === b || (typeof a !== 'object' && typeof b !== 'object' && typeof a !== 'string' && String(a) === String(b));
}
