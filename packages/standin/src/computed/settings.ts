import { type Diagnostic } from '../serve/diagnostic';
import { isObject, isUnknown, type ObjectValue, type Value } from '../values/value';

/** What computed values take from a provider's configuration. Credentials are not read at all. */
export interface Settings {
  readonly provider: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** Address by the name of the `endpoints` block's argument: `sqs` to `http://127.0.0.1:4566`. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly defaultTags: Readonly<Record<string, Value>>;
  /** Address of the Databricks workspace, without a trailing slash. */
  readonly host: string;
  readonly databricksAccount: string;
}

const NOWHERE: Settings = {
  provider: '',
  region: 'us-east-1',
  account: '000000000000',
  partition: 'aws',
  endpoints: {},
  defaultTags: {},
  host: 'https://workspace.cloud.databricks.com',
  databricksAccount: '00000000-0000-4000-8000-000000000000',
};

/** The settings in a provider's configuration. What is not set or not yet known falls back to neutral values. */
export function readSettings(provider: string, config: ObjectValue): Settings {
  const region = text(config.region) ?? NOWHERE.region;
  const accounts = known(config.allowed_account_ids);
  return {
    provider,
    region,
    account: text(Array.isArray(accounts) ? accounts[0] : null) ?? accountOfRole(config) ?? NOWHERE.account,
    partition: partitionOf(region),
    endpoints: readEndpoints(config.endpoints),
    defaultTags: readDefaultTags(config.default_tags),
    host: workspaceAddress(text(config.host) ?? NOWHERE.host),
    databricksAccount: text(config.account_id) ?? NOWHERE.databricksAccount,
  };
}

/** What the real provider would refuse as well when it is configured. */
export function settingsProblems(provider: string, config: ObjectValue): Diagnostic[] {
  if (provider !== 'aws' || config.region !== null) return [];
  return [
    {
      severity: 'error',
      summary: 'Invalid provider configuration',
      detail:
        'aws: "region" is not set. The stand-in provider reads no environment variables or profiles: set it in the configuration.',
      path: ['region'],
    },
  ];
}

/** The provider takes a host with or without its scheme. */
function workspaceAddress(host: string): string {
  return (host.includes('://') ? host : `https://${host}`).replace(/\/+$/, '');
}

function readEndpoints(blocks: Value | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of listOf(blocks)) {
    if (!isObject(block)) continue;
    for (const [service, address] of Object.entries(block)) {
      const at = text(address);
      if (at) found[service] = at.replace(/\/+$/, '');
    }
  }
  return found;
}

function readDefaultTags(blocks: Value | undefined): Record<string, Value> {
  const block = listOf(blocks)[0];
  const tags = isObject(block) ? known(block.tags) : null;
  return isObject(tags) ? { ...tags } : {};
}

function accountOfRole(config: ObjectValue): string | undefined {
  const role = listOf(config.assume_role)[0];
  const arn = isObject(role) ? text(role.role_arn) : undefined;
  return arn ? /^arn:[\w-]+:iam::(\d{12}):/.exec(arn)?.[1] : undefined;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function known(value: Value | undefined): Value {
  return value === undefined || isUnknown(value) ? null : value;
}

function listOf(value: Value | undefined): Value[] {
  const it = known(value);
  return Array.isArray(it) ? it : [];
}

function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
