import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '@lakewright/config';
import type { LakeflowPipelineProps } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { accessOf, catalogOf, folderOf, pipelineOf } from './lake';

const FIXTURES = 'packages/constructs/test/fixtures';

test('serverless, run as the service principal, with every file and the quarantine generated from them', () => {
  const stack = synthesized((scope) => pipelineOf(scope));
  const files = stack.all('databricks_workspace_file');
  expect(files.map(({ path }) => path)).toEqual([
    '/homes/bronze_homes.sql',
    '/homes/quarantine.generated.sql',
    '/homes/silver_homes.sql',
  ]);
  for (const { source } of files) expect(source).toMatch(/^assets\/pipeline_\w+_source_\w+\/\w+\/[\w.]+\.sql$/);
  const pipeline = stack.one('databricks_pipeline');
  expect(pipeline).toMatchObject({
    name: 'homes',
    catalog: expect.stringContaining('databricks_catalog.'),
    schema: 'bronze',
    serverless: true,
    continuous: false,
    development: false,
    channel: 'CURRENT',
    configuration: { homes_path: 's3://homes-lake/in/' },
    run_as: { service_principal_name: '00000000-0000-4000-8000-00000000000a' },
  });
  expect(pipeline.library).toHaveLength(3);
  for (const library of pipeline.library as unknown[]) {
    expect(library).toEqual({ file: { path: expect.stringMatching(/^\$\{databricks_workspace_file\..*\.path\}$/) } });
  }
  expect(pipeline.depends_on).toEqual([1, 2, 3].map(() => expect.stringContaining('databricks_schema.')));
  expect(pipeline).not.toHaveProperty('notification');
});

test('everything set', () => {
  const { data_engineers } = testEnvironment().principals;
  const stack = synthesized((scope) => {
    const storage = accessOf(scope);
    const catalog = catalogOf(scope, { storage });
    pipelineOf(scope, {
      catalog,
      reads: [storage],
      schema: 'silver',
      eventLogTable: 'event_log_homes',
      notify: ['ops@example.com'],
      permissions: [{ principal: data_engineers, level: 'CAN_RUN' }],
    });
  });
  const pipeline = stack.one('databricks_pipeline');
  expect(pipeline.schema).toBe('silver');
  expect(pipeline.event_log).toEqual({
    catalog: expect.stringContaining('databricks_catalog.'),
    schema: 'silver',
    name: 'event_log_homes',
  });
  expect(pipeline.depends_on).toContainEqual(expect.stringContaining('databricks_external_location.'));
  expect(pipeline.notification).toEqual([
    { alerts: ['on-update-failure', 'on-flow-failure'], email_recipients: ['ops@example.com'] },
  ]);
  expect(stack.one('databricks_permissions', 'pipeline_permissions')).toMatchObject({
    pipeline_id: expect.stringContaining('databricks_pipeline.'),
    access_control: [{ group_name: 'data_engineers', permission_level: 'CAN_RUN' }],
  });
});

test('the files come when nobody else can change them, and whom the pipeline runs as can read them', () => {
  const stack = synthesized((scope) => pipelineOf(scope, { folder: folderOf(scope).addFolder('pipelines') }));
  for (const file of stack.all('databricks_workspace_file')) {
    expect(file.path).toMatch(/^\/homes\/pipelines\/[\w.]+\.sql$/);
    expect(file.depends_on).toEqual([
      expect.stringMatching(/^databricks_directory\.folder_directory_/),
      expect.stringMatching(/^databricks_permissions\.folder_permissions_/),
      expect.stringMatching(/^databricks_directory\.folder_pipelines_/),
    ]);
  }
  expect(stack.one('databricks_permissions').access_control).toEqual([
    { service_principal_name: '00000000-0000-4000-8000-00000000000a', permission_level: 'CAN_READ' },
    { group_name: 'data_engineers', permission_level: 'CAN_READ' },
  ]);
});

test('a mistake in a file stops the synth at its line and column', () => {
  const error = refused((scope) => pipelineOf(scope, { sources: [`${FIXTURES}/broken/broken.sql`] }));
  expect(error.code).toMatch(/^LAKEFLOW_/);
  expect(error.location).toMatchObject({ file: `${FIXTURES}/broken/broken.sql`, line: 4 });
  expect(error.format()).toContain('broken.sql:4:');
});

test('a parameter that the configuration lacks stops the synth too', () => {
  const error = refused((scope) => pipelineOf(scope, { configuration: {} }));
  expect(error.message).toContain('homes_path');
  expect(error.location).toMatchObject({ file: `${FIXTURES}/pipelines/bronze_homes.sql`, line: 2 });
});

describe('what is refused', () => {
  test.each<[string, Partial<LakeflowPipelineProps>, string, string]>([
    ['no file', { sources: [] }, 'CONSTRUCT_PIPELINE_SOURCES', '(got none)'],
    ['a file that is not there', { sources: ['nowhere.sql'] }, 'CONSTRUCT_PIPELINE_SOURCES', '"nowhere.sql"'],
    ['a file of something else', { sources: ['package.json'] }, 'CONSTRUCT_PIPELINE_SOURCES', '"package.json"'],
    ['a group to run as', { runAs: testEnvironment().principals.data_engineers }, 'CONSTRUCT_PIPELINE_RUN_AS', 'data_engineers'],
  ])('%s', (_, props, code, message) => {
    const error = refused((scope) => pipelineOf(scope, props));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('two files of one name', () => {
    const folder = mkdtempSync(join(projectRoot(), 'node_modules/.cache/pipelines-'));
    try {
      const file = `${FIXTURES}/pipelines/bronze_homes.sql`;
      cpSync(join(projectRoot(), file), join(folder, 'bronze_homes.sql'));
      const copy = join(relative(projectRoot(), folder), 'bronze_homes.sql');
      const error = refused((scope) => pipelineOf(scope, { sources: [file, copy] }));
      expect(error.message).toContain('"bronze_homes.sql" twice');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('a name of the event log that Unity Catalog would fold or refuse', () => {
  const error = refused((scope) => pipelineOf(scope, { eventLogTable: 'Event Log' }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_PIPELINE_EVENT_LOG', expect.stringContaining('"Event Log"')]);
});
