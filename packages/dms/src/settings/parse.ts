import type { z } from 'zod';
import { invalid } from '../errors';

/** Checks a document against its schema. @throws Fault InvalidParameterValueException that names each field */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`);
  throw invalid(problems.join('; '));
}

/** Reads JSON. @throws Fault InvalidParameterValueException */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${what} is not JSON: ${(cause as Error).message}`);
  }
}
