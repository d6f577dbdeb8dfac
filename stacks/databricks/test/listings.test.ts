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
  stack = synthesized.stack('databricks-listings');
  const { pipeline_sp } = synthesized.environment.principals;
  service = pipeline_sp.kind === 'service_principal' ? pipeline_sp.applicationId : pipeline_sp.name;
});
afterAll(() => synthesized.remove());

const one = (type: string, name?: string) => onlyResource(stack, type, name);

test('the pipeline has every SQL file of the app and the generated quarantine, as they are', () => {
  const folder = join(projectRoot(), 'apps/listings/pipelines');
  const files = Object.values(stack.resource.databricks_workspace_file ?? {});
  const deployed = new Map(
    files.map(({ path, source }) => [
      String(path),
      readFileSync(join(synthesized.folder, 'stacks/databricks-listings', String(source)), 'utf8'),
    ]),
  );
  const written = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  expect(written.length).toBeGreaterThan(0);
  for (const file of written) {
    expect(deployed.get(`/lakewright/prod/listings/pipelines/${file}`)).toBe(readFileSync(join(folder, file), 'utf8'));
  }
  expect(deployed.size).toBe(written.length + 1);
  expect(deployed.get('/lakewright/prod/listings/pipelines/quarantine.generated.sql')).toContain('listings_quarantine');
  expect(one('databricks_pipeline').library).toHaveLength(written.length + 1);
});

test('nobody but a deployment changes what runs as the service principal; engineers look', () => {
  const folders = Object.values(stack.resource.databricks_directory ?? {}).map(({ path }) => path);
  const folder = '/lakewright/prod/listings';
  expect(folders.sort()).toEqual([folder, `${folder}/alerts`, `${folder}/dashboards`, `${folder}/pipelines`]);
  expect(one('databricks_permissions', 'folder').access_control).toEqual([
    { service_principal_name: service, permission_level: 'CAN_READ' },
    { group_name: ENGINEERS, permission_level: 'CAN_READ' },
  ]);
  expect(one('databricks_dashboard').parent_path).toBe(`${folder}/dashboards`);
});

test('the pipeline reads the messages of its own environment, as the service principal', () => {
  expect(one('databricks_pipeline')).toMatchObject({
    configuration: { staging_path: 's3://lakewright-listings-staging-prod-333333333333/events/' },
    run_as: { service_principal_name: service },
    serverless: true,
    notification: [{ email_recipients: ['data-platform@example.com'] }],
  });
});

test('the job updates the pipeline on the schedule of the environment', () => {
  const { schedules } = synthesized.environment;
  expect(one('databricks_job')).toMatchObject({
    schedule: { quartz_cron_expression: schedules.pipelines, timezone_id: 'UTC', pause_status: 'UNPAUSED' },
    run_as: { service_principal_name: service },
    email_notifications: { on_failure: ['data-platform@example.com'] },
  });
});

test('engineers look everywhere, analysts at gold, only the service principal writes', () => {
  const granted = (name: string) =>
    Object.fromEntries(
      (one('databricks_grants', name).grant as { principal: string; privileges: string[] }[]).map((grant) => [
        grant.principal,
        grant.privileges,
      ]),
    );
  const look = ['SELECT', 'USE_SCHEMA'];
  const build = ['CREATE_MATERIALIZED_VIEW', 'CREATE_TABLE', 'MODIFY', 'SELECT', 'USE_SCHEMA'];
  const use = ['USE_CATALOG'];
  expect(granted('catalog_grants')).toEqual({ [service]: use, [ENGINEERS]: use, [ANALYSTS]: use });
  expect(granted('catalog_bronze')).toEqual({ [service]: build, [ENGINEERS]: look });
  expect(granted('catalog_silver')).toEqual({ [service]: build, [ENGINEERS]: look });
  expect(granted('catalog_gold')).toEqual({ [service]: build, [ENGINEERS]: look, [ANALYSTS]: look });
  expect(granted('staging_grants')).toEqual({ [service]: ['READ_FILES'], [ENGINEERS]: ['READ_FILES'] });
});

test('Databricks may read the messages and write the lake, and nothing else of the account', () => {
  const allowed = (name: string) =>
    (
      JSON.parse(String(one('aws_iam_role_policy', name).policy)) as { Statement: { Action: string[]; Resource: string[] }[] }
    ).Statement.filter(({ Action }) => Action.some((action) => /^s3:(Get|Put|Delete)Object$/.test(action))).map(
      ({ Action, Resource }) => [Action, Resource],
    );
  expect(allowed('staging')).toEqual([
    [['s3:GetObject', 's3:GetObjectVersion'], [expect.stringMatching(/bucketstaging_bucket_\w+arn\}\/events\/\*$/)]],
  ]);
  for (const [, resource] of allowed('lake'))
    expect(resource).toEqual([expect.stringMatching(/bucketlake_bucket_\w+arn\}\/\*$/)]);
  expect(allowed('lake').flatMap(([action]) => action)).toEqual(expect.arrayContaining(['s3:PutObject', 's3:DeleteObject']));
});

test('the dashboard reads the catalog of its own environment, on the shared warehouse', () => {
  const dashboard = one('databricks_dashboard');
  const { datasets, pages } = JSON.parse(String(dashboard.serialized_dashboard)) as {
    datasets: { queryLines: string[] }[];
    pages: unknown[];
  };
  expect(pages.length).toBeGreaterThan(0);
  const read = datasets.flatMap(({ queryLines }) => [...queryLines.join('').matchAll(/FROM\s+(\w+)\.(\w+)\.\w+/g)]);
  expect(read.length).toBeGreaterThanOrEqual(datasets.length);
  for (const [, catalog, schema] of read) {
    expect(catalog).toBe('listings_prod');
    // It is opened by analysts, and asks with their rights.
    expect(JSON.stringify(one('databricks_grants', `catalog_${schema}`).grant)).toContain(ANALYSTS);
  }
  expect(dashboard.warehouse_id).toContain('terraform_remote_state.cross-stack-reference-input-databricks-foundation');
});

test('the alert holds gold against the objective, and tells those whom alarms tell', () => {
  const { slo } = synthesized.environment;
  const alert = one('databricks_alert_v2') as Attributes & {
    evaluation: { threshold: unknown; notification: { subscriptions: unknown } };
  };
  expect(alert.query_text).toContain('listings_prod.gold.listings_freshness');
  expect(alert.evaluation.threshold).toEqual({ value: { double_value: slo.freshnessMinutes } });
  expect(alert.evaluation.notification.subscriptions).toEqual([
    { destination_id: expect.stringContaining('terraform_remote_state.cross-stack-reference-input-databricks-foundation') },
  ]);
  const destinations = synthesized.resources('databricks_notification_destination').map(([, { config }]) => config);
  expect(destinations).toEqual([{ email: { addresses: synthesized.environment.alarmEmails } }]);
});

test('outputs say where to look', () => {
  expect(Object.keys(stack.output ?? {})).toEqual(expect.arrayContaining(['catalog', 'pipeline_id', 'job_id', 'dashboard_id']));
});
