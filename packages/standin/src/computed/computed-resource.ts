import { valueAt } from '../plan/planned-state';
import { mapElements, nestedOf } from '../plan/walk';
import type { Attribute, Block } from '../schema/schema';
import { hasUnknown, isObject, isUnknown, type ObjectValue, type Value } from '../values/value';
import { genericValue } from './generic';
import type { Rule, Rules } from './rule';
import type { Settings } from './settings';
import { Stable } from './stable';

/** A resource whose unknown attributes are being filled. Attributes are resolved when asked for, so that rules may build on others. */
export class ComputedResource {
  readonly stable: Stable;
  private readonly resolving = new Set<string>();

  /**
   * @param prior null when the resource is created
   * @param seed what made-up texts are drawn from
   */
  constructor(
    readonly type: string,
    readonly schema: Block,
    readonly values: ObjectValue,
    readonly prior: ObjectValue | null,
    readonly settings: Settings,
    private readonly rules: Rules,
    seed: string,
  ) {
    this.stable = new Stable(seed);
  }

  /** The state after apply: everything known. */
  filled(): ObjectValue {
    for (const name of Object.keys(this.values)) this.resolve(name);
    return this.values;
  }

  /** An attribute as text; '' when it has no value. Dotted paths go through blocks of which there is one. */
  text(path: string): string {
    const [top = ''] = path.split('.');
    this.resolve(top);
    const value = valueAt(this.values, path);
    return value === null || typeof value === 'object' ? '' : String(value);
  }

  /** An attribute's value, filled. */
  value(name: string): Value {
    this.resolve(name);
    return this.values[name] ?? null;
  }

  /** The first of the attributes that has a text. */
  firstText(...names: string[]): string {
    for (const name of names) {
      const text = this.text(name);
      if (text !== '') return text;
    }
    return '';
  }

  expand(template: string): string {
    return template.replaceAll(/\{([^}]+)\}/g, (_all, expression: string) => this.expression(expression));
  }

  private expression(expression: string): string {
    const [name = '', argument = ''] = expression.split(':');
    if (name === 'partition') return this.settings.partition;
    if (name === 'account') return this.settings.account;
    if (name === 'workspace') return this.settings.host;
    if (name === 'region') return this.text('region') || this.settings.region;
    if (name === 'hex') return this.stable.hex(Number(argument));
    if (name === 'digits') return this.stable.digits(Number(argument));
    if (name === 'upper') return this.stable.upper(Number(argument));
    if (name === 'uuid') return this.stable.uuid(argument);
    return this.text(name);
  }

  private resolve(name: string): void {
    const value = this.values[name];
    if (!hasUnknown(value) || this.resolving.has(name)) return;
    this.resolving.add(name);
    const attribute = this.schema.attributes?.[name];
    if (attribute && isUnknown(value)) this.values[name] = this.compute(name, name, attribute);
    else if (value !== undefined) this.values[name] = this.fillNested(this.schema, name, name, value);
    this.resolving.delete(name);
  }

  private compute(path: string, name: string, attribute: Attribute): Value {
    const rule = this.rules[path];
    if (rule !== undefined) return this.apply(rule, attribute);
    return genericValue(this, path, name, attribute);
  }

  private apply(rule: Rule, attribute: Attribute): Value {
    if (typeof rule !== 'string') return rule(this);
    const text = this.expand(rule);
    if (attribute.type === 'number') return Number(text);
    return attribute.type === 'bool' ? text === 'true' : text;
  }

  /** Fills the unknown attributes in nested objects; an unknown element of a plain collection becomes what its type says. */
  private fillNested(block: Block, name: string, path: string, value: Value): Value {
    const nested = nestedOf(block).find((it) => it.name === name);
    if (!nested) return withoutUnknown(value);
    return mapElements(nested.mode, value, (element) => {
      const filled: ObjectValue = { ...element };
      for (const [inner, innerValue] of Object.entries(element)) {
        if (!hasUnknown(innerValue)) continue;
        const attribute = nested.block.attributes?.[inner];
        const innerPath = `${path}.${inner}`;
        filled[inner] =
          attribute && isUnknown(innerValue)
            ? this.compute(innerPath, inner, attribute)
            : this.fillNested(nested.block, inner, innerPath, innerValue);
      }
      return filled;
    });
  }
}

/** Terraform never sends unknown parts of configured values at apply; what is left could only be a computed part of an object. */
function withoutUnknown(value: Value): Value {
  if (isUnknown(value)) return null;
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutUnknown(inner)]));
  return value;
}
