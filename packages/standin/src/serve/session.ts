import { randomUUID } from 'node:crypto';
import { ComputedResource } from '../computed/computed-resource';
import { mergedTags, namingArgument } from '../computed/generic';
import { rulesOf } from '../computed/rules';
import { readSettings, type Settings } from '../computed/settings';
import { plannedState } from '../plan/planned-state';
import { replacementPaths } from '../plan/replacement';
import { markVolatile } from '../plan/volatile';
import type { Schema } from '../schema/schema';
import { isObject, isUnknown, type ObjectValue, sameValue, UNKNOWN, type Value } from '../values/value';
import type { PathStep } from './diagnostic';

export interface Plan {
  readonly planned: ObjectValue;
  readonly replace: readonly PathStep[][];
}

/**
 * One configured provider: what Terraform holds one connection to. It knows the settings of its configuration and which ids it has
 * met, so that two resources made in one run with the same arguments do not get the same id.
 */
export class Session {
  settings: Settings;
  private readonly ids = new Set<string>();

  constructor(readonly provider: string) {
    this.settings = readSettings(provider, {});
  }

  configure(config: ObjectValue): void {
    this.settings = readSettings(this.provider, config);
  }

  /** Remembers the id of a resource that exists. */
  meet(type: string, state: Value): void {
    if (isObject(state) && typeof state.id === 'string') this.ids.add(`${type} ${state.id}`);
  }

  /** Plans creation (`prior` is null) or update. */
  plan(type: string, schema: Schema, prior: ObjectValue | null, proposed: ObjectValue, config: ObjectValue): Plan {
    const planned = plannedState(schema, proposed, config, prior);
    this.planRegion(schema, planned, prior);
    this.planTags(schema, planned, config);
    if (!prior) return { planned, replace: [] };
    const changed = Object.keys(planned).filter((name) => !sameValue(planned[name], prior[name]));
    markVolatile(type, planned, prior, config, changed);
    return { planned, replace: replacementPaths(type, schema, prior, planned) };
  }

  /** The state after creation or update. */
  apply(type: string, schema: Schema, prior: ObjectValue | null, planned: ObjectValue): ObjectValue {
    const created = prior === null;
    for (let attempt = 0; ; attempt += 1) {
      const seed = created
        ? this.seed(type, schema, planned, attempt)
        : `${type} ${JSON.stringify(prior.id ?? null)} ${changeMark(planned)}`;
      const values = structuredClonePlan(planned);
      const state = new ComputedResource(type, schema, values, prior, this.settings, rulesOf(type), seed).filled();
      const met = created && this.ids.has(`${type} ${String(state.id)}`);
      // A name that is taken stays taken: only made-up ids can be drawn again.
      if (!met || attempt === 3) {
        this.meet(type, state);
        return state;
      }
    }
  }

  forget(type: string, prior: Value): void {
    if (isObject(prior)) this.ids.delete(`${type} ${String(prior.id)}`);
  }

  /**
   * Resources with a name draw the same texts in every run. Where nothing names a resource (a KMS key), two with the same arguments
   * must still be two, in two stacks as well: those draw by chance, as in the cloud.
   */
  private seed(type: string, schema: Schema, planned: ObjectValue, attempt: number): string {
    const { account, region, host } = this.settings;
    const named = namingArgument(type, schema.attributes ?? {});
    const name = named ? planned[named] : null;
    const chance = typeof name === 'string' && name !== '' ? '' : this.identifiedByArguments(schema, planned) ? '' : randomUUID();
    return [type, account, region, host, changeMark(planned), chance, attempt].join('\n');
  }

  /** A required text argument identifies what hangs on something else: a bucket's policy, a function's permission. */
  private identifiedByArguments(schema: Schema, planned: ObjectValue): boolean {
    return Object.entries(schema.attributes ?? {}).some(
      ([name, attribute]) => attribute.required && attribute.type === 'string' && typeof planned[name] === 'string',
    );
  }

  /** Since its version 6 every AWS resource has a region, the provider's unless it says otherwise; it is known at plan. */
  private planRegion(schema: Schema, planned: ObjectValue, prior: ObjectValue | null): void {
    if (this.provider !== 'aws' || !schema.attributes?.region?.computed) return;
    if (isUnknown(planned.region) && (!prior || !isUnknown(prior.region))) planned.region = this.settings.region;
  }

  private planTags(schema: Schema, planned: ObjectValue, config: ObjectValue): void {
    const attribute = schema.attributes?.tags_all;
    if (!attribute?.computed || !schema.attributes?.tags || (config.tags_all ?? null) !== null) return;
    if (isUnknown(planned.tags)) planned.tags_all = UNKNOWN;
    else planned.tags_all = mergedTags(planned.tags, this.settings.defaultTags);
  }
}

/** The known part of a plan, as one text. */
function changeMark(planned: ObjectValue): string {
  return JSON.stringify(planned, (_name, value: unknown) => {
    if (value instanceof Object && isUnknown(value as Value)) return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
}

/** A copy in which unknown values stay what they are. */
function structuredClonePlan(planned: ObjectValue): ObjectValue {
  return Object.fromEntries(Object.entries(planned).map(([name, value]) => [name, cloned(value)]));
}

function cloned(value: Value): Value {
  if (Array.isArray(value)) return value.map(cloned);
  if (isObject(value)) return structuredClonePlan(value);
  return value;
}
