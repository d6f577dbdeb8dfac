import type { CtyType } from '../schema/schema';
import { isObject, type Value } from './value';

/** A value from a state's JSON, by its type: what the type has not is dropped, what the JSON has not is null. */
export function fromStateJson(json: unknown, type: CtyType): Value {
  if (json === null || json === undefined) return null;
  if (typeof type === 'string') return type === 'dynamic' ? dynamicValue(json) : (json as Value);
  const [kind, inner] = type;
  if (kind === 'object') {
    const source = json as Record<string, unknown>;
    return Object.fromEntries(Object.entries(inner).map(([name, field]) => [name, fromStateJson(source[name], field)]));
  }
  if (kind === 'map') {
    const source = Object.entries(json as Record<string, unknown>);
    return Object.fromEntries(source.map(([name, field]) => [name, fromStateJson(field, inner)]));
  }
  const elements = json as unknown[];
  if (kind === 'tuple') return elements.map((element, index) => fromStateJson(element, inner[index] ?? 'dynamic'));
  return elements.map((element) => fromStateJson(element, inner));
}

/** State writes a value of dynamic type as `{type, value}`; the protocol as a pair of the type's JSON and the value. */
function dynamicValue(json: unknown): Value {
  if (!isObject(json as Value)) return null;
  const { type, value } = json as { type: CtyType; value: unknown };
  return [Buffer.from(JSON.stringify(type)), fromStateJson(value, type)];
}
