import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment, projectRoot } from '@lakewright/config';
import { StackSession, type SynthesizedStack, stateLocation } from '@lakewright/deploy';
import { linkStandins, prepareStandins } from '@lakewright/standin';

/** A stack as synth leaves it, of one queue, on the stand-in providers. */
const scratch = mkdtempSync(join(tmpdir(), 'lakewright-session-'));
let session: StackSession;
beforeAll(async () => {
  session = await StackSession.open({ root: projectRoot(), environment: await loadEnvironment({ name: 'dev', offline: true }) });
});
afterAll(async () => {
  await session.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function stackOf(name: string, queue: object, terraform: object = {}): Promise<SynthesizedStack> {
  const folder = join(scratch, 'cdktf.out/stacks', name);
  mkdirSync(folder, { recursive: true });
  const document = {
    terraform: {
      required_providers: { aws: { source: 'aws', version: '6.25.0' } },
      backend: { local: { path: `../../../.state/${name}.tfstate` } },
      ...terraform,
    },
    provider: { aws: [{ region: 'eu-west-1' }] },
    resource: { aws_sqs_queue: { events: queue } },
  };
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(document));
  linkStandins(folder, await prepareStandins(projectRoot()));
  return { name, folder, dependencies: [] };
}

test('a valid stack is valid; a wrong one fails with the argument, in the words of Terraform', async () => {
  const good = await stackOf('good', { name: 'events' });
  await expect(session.validate([good])).resolves.toBeUndefined();
  const bad = await stackOf('bad', { name: 'events', colour: 'red' });
  await expect(session.validate([good, bad])).rejects.toMatchObject({
    code: 'DEPLOY_TERRAFORM',
    message: expect.stringMatching(/terraform validate failed[\s\S]*"colour"/),
  });
});

test('the plan and the state for people, and the graph', async () => {
  const stack = await stackOf('shown', { name: 'events' });
  expect(await session.describe([stack], 'state')).toEqual(['No state.\n']);
  await session.plan([stack], [stack]);
  expect((await session.describe([stack], 'plan'))[0]).toMatch(/aws_sqs_queue\.events will be created/);
  await session.apply([stack]);
  expect((await session.describe([stack], 'state'))[0]).toMatch(/resource "aws_sqs_queue" "events"/);
  expect((await session.graph([stack]))[0]).toMatch(/^digraph G \{[\s\S]*"aws_sqs_queue\.events"/);
});

test('where the state of a stack is kept', async () => {
  const s3 = { bucket: 'states', key: 'dev/far', region: 'eu-west-1', encrypt: true, use_lockfile: true };
  expect(stateLocation(await stackOf('far', {}, { backend: { s3 } }))).toEqual({
    backend: 's3',
    address: 's3://states/dev/far',
    encrypted: true,
    locked: true,
  });
  const plain = { bucket: 'states', key: 'dev/plain' };
  expect(stateLocation(await stackOf('plain', {}, { backend: { s3: plain } }))).toMatchObject({
    encrypted: false,
    locked: false,
  });
  expect(stateLocation(await stackOf('near', {})).address).toMatch(/\.state\/near\.tfstate$/);
  const cloud = { organization: 'homes', workspaces: { name: 'dev-homes' } };
  expect(stateLocation(await stackOf('cloud', {}, { backend: undefined, cloud }))).toMatchObject({
    backend: 'cloud',
    address: 'dev-homes',
  });
});
