import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnvironmentName, loadEnvironment, projectRoot } from '@lakewright/config';
import { type StackChanges, StackSession, type SynthesizedStack, synthesize } from '@lakewright/deploy';

/** What Terraform makes of the system on the stand-in providers: an apply, a second plan, and a destroy. */
const root = projectRoot();
const scratch = mkdtempSync(join(tmpdir(), 'lakewright-plan-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function deployed(
  name: EnvironmentName,
  check: (session: StackSession, stacks: SynthesizedStack[], lines: string[]) => Promise<void>,
): Promise<void> {
  const loaded = await loadEnvironment({ name, offline: true });
  const environment = { ...loaded, systems: ['certifications'] };
  const synthesized = await synthesize({ root, environment, offline: true, outdir: join(scratch, name, 'cdktf.out') });
  const stacks = synthesized.filter((stack) => stack.name.startsWith('aws-'));
  const lines: string[] = [];
  const session = await StackSession.open({ root, environment, onLine: (_, line) => lines.push(line) });
  try {
    await session.apply(stacks);
    await check(session, stacks, lines);
  } finally {
    await session.close();
  }
}

interface Shown {
  readonly address: string;
  readonly values: Record<string, unknown>;
}
/** What the state has of the system under the name that people know. */
async function pipeline(session: StackSession, system: SynthesizedStack): Promise<Record<string, Record<string, unknown>>> {
  const [deployed] = await session.show([system]);
  const { resources } = (deployed!.state as { values: { root_module: { resources: Shown[] } } }).values.root_module;
  const named = resources.filter(({ address }) => address.endsWith('.hudi_fl_cdc_pipeline'));
  return Object.fromEntries(named.map(({ address, values }) => [address.split('.')[0]!, values]));
}

const actions = (planned: StackChanges[]) => planned.flatMap(({ stack, changes }) => changes.map((change) => [stack, change]));

test('prod: a second plan is empty, and no destroy gets at the data', async () => {
  await deployed('prod', async (session, stacks, lines) => {
    expect(stacks.map(({ name }) => name)).toEqual(['aws-foundation', 'aws-certifications']);
    expect(actions(await session.plan(stacks, stacks))).toEqual([]);
    const [, system] = stacks;
    const { aws_sfn_state_machine: machine, aws_scheduler_schedule: schedule } = await pipeline(session, system!);
    expect(machine).toMatchObject({
      arn: 'arn:aws:states:eu-west-1:333333333333:stateMachine:hudi_fl_cdc_pipeline',
      status: 'ACTIVE',
    });
    expect(schedule).toMatchObject({ state: 'ENABLED', target: [{ arn: machine?.arn }] });
    await expect(session.destroy([system!])).rejects.toMatchObject({ code: 'DEPLOY_TERRAFORM' });
    expect(lines.join('\n')).toMatch(
      /Resource (aws_db_instance\.database|aws_kms_key\.key)\w* has\s+lifecycle\.prevent_destroy set/,
    );
    expect(actions(await session.plan(stacks, stacks))).toEqual([]);
  });
});

test('dev, which may lose data: a second plan is empty, a destroy takes everything', async () => {
  await deployed('dev', async (session, stacks) => {
    expect(actions(await session.plan(stacks, stacks))).toEqual([]);
    expect((await pipeline(session, stacks[1]!)).aws_scheduler_schedule).toMatchObject({ state: 'DISABLED' });
    await session.destroy(stacks);
    const left = await session.show(stacks);
    expect(left.map(({ state }) => (state as { values?: unknown }).values)).toEqual([undefined, undefined]);
  });
});
