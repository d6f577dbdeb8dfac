import { TerraformStack } from 'cdktf';
import { LakewrightStack, StackKey } from '../src';
import { refused, synthesized, testEnvironment } from './synthesized';

type Terraform = { backend: Record<string, Record<string, unknown>> };
const backendOf = (changes: Parameters<typeof testEnvironment>[0]) =>
  (synthesized(() => undefined, testEnvironment(changes)).json.terraform as Terraform).backend;

test('a local state lies below the project, named by environment and stack, by a relative path', () => {
  const { path } = backendOf({ backend: { type: 'local' } }).local as { path: string };
  expect(path).toMatch(/^\.\.\/.*\.state\/dev\/test\.tfstate$/);
});

test('a state in S3 is encrypted and locked, one key an environment and stack', () => {
  const backend = backendOf({ backend: { type: 's3', bucket: 'states', region: 'eu-west-1', kmsKeyId: 'alias/states' } });
  expect(backend).toEqual({
    s3: {
      bucket: 'states',
      key: 'dev/test',
      region: 'eu-west-1',
      kms_key_id: 'alias/states',
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test('Terraform Cloud by configuration', () => {
  const { terraform } = synthesized(() => undefined, testEnvironment({ backend: { type: 'cloud', organization: 'homes' } }))
    .json as unknown as { terraform: { cloud: unknown } };
  expect(terraform.cloud).toEqual({ organization: 'homes', workspaces: { name: 'dev-test' } });
});

test('outputs keep their names, also beside a construct of the same one', () => {
  const { json } = synthesized((stack) => {
    new StackKey(stack, 'catalog', { description: 'd', alias: 'a' });
    stack.addOutputs({ catalog: 'homes_dev' });
  });
  expect(json.output).toEqual({ catalog: { value: 'homes_dev' } });
});

test('losing data needs both keys', () => {
  const allowed = testEnvironment({ allowDataLoss: true });
  synthesized((stack) => {
    expect([stack.mayLoseData(true), stack.mayLoseData(false), stack.mayLoseData(undefined)]).toEqual([true, false, false]);
  }, allowed);
  synthesized((stack) => expect(stack.mayLoseData(true)).toBe(false));
});

test('a construct outside of our stacks is refused', () => {
  const error = refused((stack) => {
    const foreign = new TerraformStack(stack.node.scope!, 'foreign');
    LakewrightStack.of(foreign);
  });
  expect(error.code).toBe('CONSTRUCT_STACK');
  expect(error.message).toContain('foreign');
});
