import type { Attribute, CtyType } from '../schema/schema';
import { attributeType } from '../schema/schema';
import { isObject, type ObjectValue, type Value } from '../values/value';
import type { ComputedResource } from './computed-resource';

/**
 * The value of a computed attribute that no rule names, from its name and type alone.
 *
 * - What identifies something (id, ARN, name, address) gets a stable made-up value of the right shape.
 * - An optional argument that was left out and identifies nothing stays null: nobody knows the service's default.
 * - What only the service sets gets an empty value of its type; a list of objects gets one object, so that `[0]` can be referenced.
 */
export function genericValue(resource: ComputedResource, path: string, name: string, attribute: Attribute): Value {
  const type = attributeType(attribute);
  // Terraform cannot match an element of a set with what it was configured as once a set inside it was filled.
  if (path.includes('.') && Array.isArray(type) && type[0] === 'set') return null;
  if (name === 'tags_all') return mergedTags(resource.values.tags, resource.settings.defaultTags);
  if (type === 'string') {
    const known = identifyingText(resource, path, name);
    if (known !== undefined) return known;
    return attribute.optional ? null : '';
  }
  if (attribute.optional) return Array.isArray(type) && type[0] !== 'object' && !attribute.nested_type ? emptyOf(type) : null;
  return ofType(resource, path, name, type);
}

/** Default tags of the provider with the resource's own over them. */
export function mergedTags(own: Value | undefined, defaults: Readonly<Record<string, Value>>): ObjectValue {
  return { ...defaults, ...(isObject(own) ? own : {}) };
}

function ofType(resource: ComputedResource, path: string, name: string, type: CtyType): Value {
  if (type === 'string') return identifyingText(resource, path, name) ?? '';
  if (type === 'number') return /(^|_)id$/.test(name) ? Number(resource.stable.digits(12, path)) : 0;
  if (type === 'bool') return false;
  if (type === 'dynamic') return null;
  const [kind, inner] = type;
  if (kind === 'object') return objectOf(resource, path, inner);
  if (kind !== 'map' && Array.isArray(inner) && inner[0] === 'object') return [objectOf(resource, path, inner[1])];
  return emptyOf(type);
}

function objectOf(resource: ComputedResource, path: string, fields: Record<string, CtyType>): ObjectValue {
  return Object.fromEntries(
    Object.entries(fields).map(([field, fieldType]) => [field, ofType(resource, `${path}.${field}`, field, fieldType)]),
  );
}

function emptyOf(type: CtyType): Value {
  return Array.isArray(type) && type[0] === 'map' ? {} : [];
}

/** Texts that other resources build on. Undefined where the name tells nothing. */
function identifyingText(resource: ComputedResource, path: string, name: string): string | undefined {
  const { settings, stable } = resource;
  const nested = path.includes('.');
  if (name === 'id') return nested ? stable.uuid(path) : identity(resource);
  if (name === 'arn' && !nested) return genericArn(resource);
  if (/(^|_)arn$/.test(name)) return `${genericArn(resource)}/${stable.hex(8, path)}`;
  if (/^(owner|owner_id|account_id|aws_account_id|registry_id|catalog_id)$/.test(name) && settings.provider === 'aws') {
    return settings.account;
  }
  if (name === 'account_id') return settings.databricksAccount;
  if (name === 'region') return settings.region;
  if (name === 'partition') return settings.partition;
  if (/(^|_)availability_zone$/.test(name)) return `${resource.expand('{region}')}a`;
  if (/(^|_)name_prefix$|(^|_)identifier_prefix$/.test(name)) return '';
  if (/(^|_)(url|uri)$/.test(name)) return `https://${hostName(resource)}`;
  if (/(^|_)(endpoint|dns_name|domain_name|hostname|fqdn|host)$/.test(name)) return hostName(resource);
  if (/(^|_)(name|identifier)$/.test(name)) return `${resource.text(`${name}_prefix`) || 'terraform-'}${stable.hex(26, path)}`;
  if (/(^|_)uuid$/.test(name) || /(^|_)id$/.test(name)) return stable.uuid(path);
  if (/^(creat|last_)\w*(_at|_time|_date|date|modified)$/.test(name)) return new Date().toISOString();
  if (/(^|_)cidr(_block)?$/.test(name)) return '10.0.0.0/16';
  if (/(^|_)(private_)?ip(_address)?$/.test(name)) return '10.0.0.10';
  if (/^(state|status)$/.test(name)) return 'ACTIVE';
  return undefined;
}

/** `aws_sqs_queue`: service `sqs`, noun `queue`. */
function wordsOf(type: string): { service: string; noun: string } {
  const [, service = '', ...rest] = type.split('_');
  return { service, noun: rest.join('_') || service };
}

/** The arguments that name a resource, best first: nothing else may decide what its id is. */
function nameCandidates(type: string): string[] {
  const { service, noun } = wordsOf(type);
  const last = noun.split('_').at(-1) ?? noun;
  return [
    'name',
    `${noun}_name`,
    `${last}_name`,
    `${service}_name`,
    `${noun}_identifier`,
    `${last}_identifier`,
    'identifier',
    'path',
  ];
}

/** What the resource is called, '' when nothing names it. */
export function nameOf(resource: ComputedResource): string {
  return resource.firstText(...nameCandidates(resource.type).filter((name) => typeof resource.values[name] !== 'undefined'));
}

/** The argument that names resources of a type in this schema, if any. */
export function namingArgument(type: string, attributes: Record<string, Attribute>): string | undefined {
  return nameCandidates(type).find((name) => attributes[name]?.required || attributes[name]?.optional);
}

function identity(resource: ComputedResource): string {
  const name = nameOf(resource);
  if (name !== '') return name;
  const { noun } = wordsOf(resource.type);
  return resource.settings.provider === 'aws'
    ? `${noun.replaceAll('_', '-')}-${resource.stable.hex(17)}`
    : resource.stable.uuid();
}

function genericArn(resource: ComputedResource): string {
  const { service, noun } = wordsOf(resource.type);
  const last = noun.split('_').at(-1) ?? noun;
  const region = resource.schema.attributes?.region ? resource.expand('{region}') : '';
  const { partition, account } = resource.settings;
  return `arn:${partition}:${service}:${region}:${account}:${last}/${nameOf(resource) || resource.stable.hex(17)}`;
}

function hostName(resource: ComputedResource): string {
  const { service } = wordsOf(resource.type);
  if (resource.settings.provider !== 'aws') return new URL(resource.settings.host).host;
  const label = (nameOf(resource) || resource.stable.hex(17)).toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
  return `${label}.${service}.${resource.expand('{region}')}.amazonaws.com`;
}
