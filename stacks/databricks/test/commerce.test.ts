import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import {
  type Attributes,
  onlyResource,
  type StackJson,
  SynthesizedEnvironment,
} from '../../../test/support/synthesized-environment';

const ENGINEERS = 'data_engineers';
const ANALYSTS = 'analysts';

let synthesized: SynthesizedEnvironment;
let stack: StackJson;
let service: string;
beforeAll(async () => {
  synthesized = await SynthesizedEnvironment.of('prod');
  stack = synthesized.stack('databricks-commerce');
  const { pipeline_sp } = synthesized.environment.principals;
  service = pipeline_sp.kind === 'service_principal' ? pipeline_sp.applicationId : pipeline_sp.name;
});
afterAll(() => synthesized.remove());

const one = (type: string, name?: string) => onlyResource(stack, type, name);
const deployed = () =>
  new Map(
    Object.values(stack.resource.databricks_workspace_file ?? {}).map(({ path, source }) => [
      String(path).replace('/lakewright/prod/commerce/', ''),
      readFileSync(join(synthesized.folder, 'stacks/databricks-commerce', String(source)), 'utf8'),
    ]),
  );

test.each(['medallion', 'cdc'])('the pipeline %s has the SQL files of its folder, as they are', (name) => {
  const folder = join(projectRoot(), 'apps/commerce/pipelines', name);
  const files = deployed();
  const written = readdirSync(folder);
  for (const file of written) expect(files.get(`${name}_pipeline/${file}`)).toBe(readFileSync(join(folder, file), 'utf8'));
  const generated = name === 'medallion' ? 1 : 0;
  const pipeline = one('databricks_pipeline', `${name}_pipeline`);
  expect(pipeline.library).toHaveLength(written.length + generated);
  expect(pipeline).toMatchObject({
    name: `commerce_${name}`,
    serverless: true,
    run_as: { service_principal_name: service },
    event_log: { schema: 'bronze', name: `event_log_${name}` },
  });
});

test('the generator writes into the volume that the medallion reads', () => {
  const volume = '/Volumes/commerce_prod/bronze/landing';
  expect(one('databricks_volume')).toMatchObject({
    name: 'landing',
    volume_type: 'MANAGED',
    lifecycle: { prevent_destroy: true },
  });
  expect(one('databricks_pipeline', 'medallion').configuration).toEqual({ landing_path: volume });
  const { task } = one('databricks_job') as { task: Attributes[] };
  expect(task).toMatchObject([
    { task_key: 'generate', spark_python_task: { parameters: expect.arrayContaining(['--output', volume]) } },
    { task_key: 'medallion', depends_on: [{ task_key: 'generate' }] },
    { task_key: 'cdc', depends_on: [{ task_key: 'medallion' }] },
  ]);
  const folder = join(projectRoot(), 'apps/commerce/generator');
  const files = deployed();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.py'))) {
    expect(files.get(`jobs/${file}`)).toBe(readFileSync(join(folder, file), 'utf8'));
  }
});

test('engineers look everywhere, analysts at gold, only the service principal writes', () => {
  const granted = (name: string) =>
    Object.fromEntries(
      (one('databricks_grants', name).grant as { principal: string; privileges: string[] }[]).map((grant) => [
        grant.principal,
        grant.privileges,
      ]),
    );
  expect(granted('landing_grants')).toEqual({ [service]: ['READ_VOLUME', 'WRITE_VOLUME'], [ENGINEERS]: ['READ_VOLUME'] });
  expect(Object.keys(granted('catalog_bronze'))).not.toContain(ANALYSTS);
  expect(Object.keys(granted('catalog_silver'))).not.toContain(ANALYSTS);
  expect(granted('catalog_gold')[ANALYSTS]).toEqual(['SELECT', 'USE_SCHEMA']);
});

test('the alert asks the event log of the medallion, and tells those whom alarms tell', () => {
  expect(one('databricks_alert_v2')).toMatchObject({
    display_name: 'commerce dropped rows',
    query_text: expect.stringContaining('FROM commerce_prod.bronze.event_log_medallion'),
    evaluation: { notification: { subscriptions: [expect.anything()] } },
  });
});
