/** Weights of the three operations; only their proportion counts. */
export interface Mix {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/** What a run does. With the same bucket content, equal payloads give equal runs. */
export interface Payload {
  /** Operations of the run, 1 to 50,000. */
  readonly count: number;
  /** Any 32-bit unsigned integer. */
  readonly seed: number;
  readonly mix: Mix;
  /** The present of the simulation, ISO 8601 in UTC: listings are published in the 120 days before it. */
  readonly as_of: string;
  /** The run's id: 1 to 64 letters, digits, `_`, `.`, `:` and `-`. Made from the rest and the bucket's content when left out. */
  readonly run_id?: string;
}

export const DEFAULT_PAYLOAD: Payload = {
  count: 100,
  seed: 1,
  mix: { create: 60, update: 30, delete: 10 },
  as_of: '2026-06-01T00:00:00.000Z',
};

const MAX_COUNT = 50_000;
const MAX_SEED = 0xffff_ffff;
const RUN_ID = /^[\w.:-]{1,64}$/;
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

/** A payload that breaks a rule; the message names the field, the value and the rule. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/**
 * Reads the event of an invocation. Fields left out take the values of `DEFAULT_PAYLOAD`.
 * @throws PayloadError on an unknown field, a wrong type or a value out of range.
 */
export function readPayload(event: unknown): Payload {
  const fields = objectOf('payload', event ?? {}, [...Object.keys(DEFAULT_PAYLOAD), 'run_id']);
  return {
    count: integerOf('count', fields.count ?? DEFAULT_PAYLOAD.count, 1, MAX_COUNT),
    seed: integerOf('seed', fields.seed ?? DEFAULT_PAYLOAD.seed, 0, MAX_SEED),
    mix: mixOf(fields.mix ?? DEFAULT_PAYLOAD.mix),
    as_of: timeOf('as_of', fields.as_of ?? DEFAULT_PAYLOAD.as_of),
    ...(fields.run_id === undefined ? {} : { run_id: runIdOf('run_id', fields.run_id) }),
  };
}

function mixOf(value: unknown): Mix {
  const fields = objectOf('mix', value, Object.keys(DEFAULT_PAYLOAD.mix));
  const mix = {
    create: weightOf('mix.create', fields.create ?? 0),
    update: weightOf('mix.update', fields.update ?? 0),
    delete: weightOf('mix.delete', fields.delete ?? 0),
  };
  if (mix.create + mix.update + mix.delete === 0) {
    throw new PayloadError(`mix is ${show(value)}: at least one of create, update and delete must be above 0`);
  }
  return mix;
}

function objectOf(name: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PayloadError(`${name} is ${show(value)}: it must be an object with the fields ${known.join(', ')}`);
  }
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    throw new PayloadError(`${name} has the unknown field "${unknown}": the known ones are ${known.join(', ')}`);
  }
  return value as Record<string, unknown>;
}

function integerOf(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new PayloadError(`${name} is ${show(value)}: it must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function weightOf(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new PayloadError(`${name} is ${show(value)}: it must be a number, 0 or above`);
  }
  return value;
}

function timeOf(name: string, value: unknown): string {
  if (typeof value !== 'string' || !UTC_TIME.test(value) || Number.isNaN(Date.parse(value))) {
    throw new PayloadError(`${name} is ${show(value)}: it must be a time in UTC such as ${DEFAULT_PAYLOAD.as_of}`);
  }
  return new Date(value).toISOString();
}

function runIdOf(name: string, value: unknown): string {
  if (typeof value !== 'string' || !RUN_ID.test(value)) {
    throw new PayloadError(`${name} is ${show(value)}: it must be 1 to 64 letters, digits, "_", ".", ":" and "-"`);
  }
  return value;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
