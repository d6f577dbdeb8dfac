import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { derivedSchema } from '../src/derive/derived-schema';
import { PROVIDER_PACKAGES } from '../src/derive/provider-package';
import { compareSchemas } from '../src/report/compare';
import { distil } from '../src/report/distil';
import type { ProviderSchema, Schema } from '../src/schema/schema';

const root = projectRoot();

/** Facts of the real providers, for resource types that between them have every shape the schemas know. */
function facts(provider: string): Record<string, Schema> {
  const file = join(root, `packages/standin/test/fixtures/facts-${provider}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Schema>;
}

describe.each(PROVIDER_PACKAGES.map((provider) => ({ name: provider.name, provider })))('$name', ({ name, provider }) => {
  const steps: [number, number][] = [];
  let schema: ProviderSchema;
  beforeAll(() => {
    schema = derivedSchema(provider, root, { onProgress: (done, total) => steps.push([done, total]) });
  });

  test('agrees with the real provider in every fact', () => {
    const real = facts(name);
    const comparison = compareSchemas(schema.resources, real);
    expect(comparison.differences).toEqual([]);
    expect(comparison.resources).toBe(Object.keys(real).length);
    expect(comparison.facts).toBeGreaterThan(1000);
  });

  test('says how far it is', () => {
    expect(steps.at(-1)?.[0]).toBe(steps.at(-1)?.[1]);
    expect(steps.length).toBeGreaterThan(100);
  });

  test('without the corrections only lacks what the npm package cannot know', () => {
    const plain = derivedSchema(provider, root, { corrected: false });
    const kinds = new Set(compareSchemas(plain.resources, facts(name)).differences.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(
      name === 'aws'
        ? ['max_items', 'min_items', 'sensitive', 'version', 'write_only']
        : ['computed', 'max_items', 'nested_type', 'sensitive', 'version'],
    );
  });
});

test('the providers know their address, version, configuration and data sources', () => {
  const [aws, databricks] = PROVIDER_PACKAGES.map((provider) => derivedSchema(provider, root));
  expect(aws).toMatchObject({ address: 'registry.terraform.io/hashicorp/aws', version: '6.25.0' });
  expect(databricks).toMatchObject({ address: 'registry.terraform.io/databricks/databricks', version: '1.99.0' });
  expect(aws?.provider.attributes).toMatchObject({
    region: { type: 'string', optional: true },
    allowed_account_ids: { type: ['set', 'string'], optional: true },
  });
  expect(aws?.provider.block_types?.endpoints?.block.attributes?.sqs).toEqual({ type: 'string', optional: true });
  expect(aws?.provider.block_types?.default_tags?.block.attributes?.tags).toEqual({ type: ['map', 'string'], optional: true });
  expect(databricks?.provider.attributes?.host).toEqual({ type: 'string', optional: true });
  expect(aws?.dataSources.aws_caller_identity?.attributes?.account_id).toEqual({ type: 'string', computed: true });
  expect(Object.keys(aws?.resources ?? {}).length).toBe(1581);
  expect(Object.keys(databricks?.resources ?? {}).length).toBe(136);
});

test('the report finds each kind of difference, and the corrections mend what can be mended', () => {
  const real: Record<string, Schema> = {
    aws_thing: {
      version: 1,
      attributes: { name: { type: 'string', required: true, sensitive: true }, gone: { type: 'string', optional: true } },
      block_types: { part: { nesting_mode: 'set', min_items: 1, max_items: 3, block: {} } },
    },
  };
  const derived: Record<string, Schema> = {
    aws_thing: {
      attributes: { name: { type: 'number', optional: true }, more: { type: 'string', optional: true } },
      block_types: { part: { nesting_mode: 'list', block: {} } },
    },
  };
  const found = compareSchemas(derived, real).differences.map(({ path, kind }) => `${path} ${kind}`);
  expect(found.sort()).toEqual(
    [
      ' version',
      'gone missing_attribute',
      'more extra_attribute',
      'name optional',
      'name required',
      'name sensitive',
      'name type',
      'part max_items',
      'part min_items',
      'part nesting_mode',
    ].sort(),
  );
  expect(distil(derived, real)).toEqual({
    aws_thing: {
      version: 1,
      facts: {
        name: { required: true, optional: false, sensitive: true, type: 'string' },
        part: { nesting_mode: 'set', min_items: 1, max_items: 3 },
      },
    },
  });
});
