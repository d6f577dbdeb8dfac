import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepareStandins, startStandins } from '../src/index';
import { Workspace } from './support/terraform';

test('one server serves several folders at once, each with its own account, and ends when told', async () => {
  const running = await startStandins(await prepareStandins());
  const aws = (account: string) => ({
    provider: { aws: [{ region: 'eu-west-1', allowed_account_ids: [account] }] },
    resource: { aws_sns_topic: { t: { name: 'topic' } } },
  });
  const first = new Workspace(running.env).write(aws('111111111111'));
  const second = new Workspace(running.env).write(aws('222222222222'));
  try {
    first.init();
    second.init();
    expect(existsSync(join(first.folder, 'terraform.d'))).toBe(false);
    first.apply();
    second.apply();
    first.apply();
    expect(first.state()['aws_sns_topic.t']).toMatchObject({
      arn: 'arn:aws:sns:eu-west-1:111111111111:topic',
      owner: '111111111111',
    });
    expect(second.state()['aws_sns_topic.t']).toMatchObject({
      arn: 'arn:aws:sns:eu-west-1:222222222222:topic',
      owner: '222222222222',
    });

    const { Pid } = Object.values(JSON.parse(running.env.TF_REATTACH_PROVIDERS) as Record<string, { Pid: number }>)[0] ?? {
      Pid: -1,
    };
    process.kill(Pid, 0);
    await running.stop();
    expect(() => process.kill(Pid, 0)).toThrow('ESRCH');
    expect(first.terraform('plan').text).toContain('Failed to load plugin schemas');
  } finally {
    first.remove();
    second.remove();
    await running.stop();
  }
});

test('two providers of one configuration keep their regions apart', async () => {
  const running = await startStandins(await prepareStandins());
  const workspace = new Workspace(running.env);
  try {
    workspace.write({
      provider: { aws: [{ region: 'eu-west-1' }, { alias: 'far', region: 'us-west-2' }] },
      resource: {
        aws_sns_topic: {
          near: { name: 'topic' },
          far: { name: 'topic', provider: 'aws.far' },
          stated: { name: 'topic', region: 'ap-south-1' },
        },
      },
    });
    workspace.init().apply();
    const regions = Object.values(workspace.state()).map(({ arn, region }) => [region, String(arn).split(':')[3]]);
    expect(regions.sort()).toEqual([
      ['ap-south-1', 'ap-south-1'],
      ['eu-west-1', 'eu-west-1'],
      ['us-west-2', 'us-west-2'],
    ]);
    expect(workspace.plannedActions()).toEqual({});
  } finally {
    workspace.remove();
    await running.stop();
  }
});
