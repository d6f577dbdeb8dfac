import { LakeVolume, type LakeVolumeProps, type LakewrightStack } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { catalogOf, pipelineOf } from './lake';

const { data_engineers, pipeline_sp } = testEnvironment().principals;
const volumeOf = (scope: LakewrightStack, props: Partial<LakeVolumeProps> = {}) =>
  new LakeVolume(scope, 'landing', {
    volumeName: 'landing',
    catalog: props.catalog ?? catalogOf(scope),
    comment: 'Files',
    ...props,
  });

test('a managed volume in bronze that no plan destroys', () => {
  const stack = synthesized((scope) => expect(volumeOf(scope).path).toBe('/Volumes/homes_dev/bronze/landing'));
  expect(stack.one('databricks_volume')).toMatchObject({
    catalog_name: expect.stringContaining('databricks_catalog.'),
    schema_name: expect.stringContaining('databricks_schema.catalog_bronze'),
    name: 'landing',
    volume_type: 'MANAGED',
    lifecycle: { prevent_destroy: true },
  });
  expect(stack.all('databricks_grants')).toEqual([]);
});

test('grants, another layer, and a pipeline that waits for both', () => {
  const environment = testEnvironment({ allowDataLoss: true });
  const stack = synthesized((scope) => {
    const catalog = catalogOf(scope);
    const grants = [
      { principal: pipeline_sp, privileges: ['READ_VOLUME', 'WRITE_VOLUME'] },
      { principal: data_engineers, privileges: ['READ_VOLUME'] },
    ] as const;
    const volume = volumeOf(scope, { catalog, layer: 'silver', grants, mayLoseData: true });
    pipelineOf(scope, { catalog, reads: [volume] });
  }, environment);
  expect(stack.one('databricks_volume')).toMatchObject({
    schema_name: expect.stringContaining('databricks_schema.catalog_silver'),
    lifecycle: { prevent_destroy: false },
  });
  expect(stack.one('databricks_grants')).toMatchObject({
    volume: expect.stringMatching(/^\$\{databricks_volume\.\w+\.id\}$/),
    grant: [
      {
        principal: pipeline_sp.kind === 'service_principal' && pipeline_sp.applicationId,
        privileges: ['READ_VOLUME', 'WRITE_VOLUME'],
      },
      { principal: 'data_engineers', privileges: ['READ_VOLUME'] },
    ],
  });
  expect(stack.one('databricks_pipeline').depends_on).toEqual(
    expect.arrayContaining([expect.stringContaining('databricks_volume.'), expect.stringContaining('databricks_grants.')]),
  );
});

test('a name Unity Catalog would fold or refuse', () => {
  const error = refused((scope) => volumeOf(scope, { volumeName: 'Landing' }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_VOLUME_NAME', expect.stringContaining('"Landing"')]);
});

test("a table's privilege", () => {
  const error = refused((scope) => volumeOf(scope, { grants: [{ principal: data_engineers, privileges: ['SELECT'] }] }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_VOLUME_GRANT', expect.stringContaining('SELECT')]);
});
