import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareStandins, type RunningStandins, startStandins } from '../src/index';
import { Workspace } from './support/terraform';

let running: RunningStandins;

beforeAll(async () => {
  running = await startStandins(await prepareStandins());
});

afterAll(() => running.stop());

test('sensitive values are not printed, and write-only ones are not even kept', () => {
  const workspace = new Workspace(running.env);
  try {
    workspace.write({
      resource: {
        aws_db_instance: { db: { instance_class: 'db.t4g.micro', username: 'root', password: 'hidden-password' } },
        aws_dms_endpoint: { e: { endpoint_id: 'e', endpoint_type: 'source', engine_name: 'mysql', password: 'hidden-password' } },
        aws_ssm_parameter: { p: { name: 'p', type: 'SecureString', value_wo: 'hidden-password', value_wo_version: 1 } },
        databricks_secret: { s: { scope: 'a', key: 'b', string_value: 'hidden-password' } },
        databricks_notification_destination: {
          n: { display_name: 'n', config: [{ slack: [{ url: 'http://hidden-password' }] }] },
        },
      },
    });
    workspace.init();
    const plan = workspace.succeed('plan');
    expect(plan).not.toContain('hidden-password');
    expect(plan.match(/\(sensitive value\)/g)?.length).toBeGreaterThanOrEqual(4);
    expect(workspace.apply()).not.toContain('hidden-password');
    expect(workspace.plannedActions()).toEqual({});

    const { resources } = JSON.parse(readFileSync(join(workspace.folder, 'terraform.tfstate'), 'utf8')) as {
      resources: { type: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    const parameter = resources.find(({ type }) => type === 'aws_ssm_parameter');
    expect(parameter?.instances[0]?.attributes).toMatchObject({ value_wo: null, value_wo_version: 1 });
  } finally {
    workspace.remove();
  }
});
