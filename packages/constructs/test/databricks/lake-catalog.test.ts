import { refused, synthesized, testEnvironment } from '../synthesized';
import { accessOf, catalogOf } from './lake';

const { data_engineers, analysts } = testEnvironment().principals;

test('a catalog with its own storage and three layers, for its own workspace, that cannot be lost', () => {
  const stack = synthesized((scope) => catalogOf(scope));
  expect(stack.one('databricks_catalog')).toMatchObject({
    name: 'homes_dev',
    comment: 'Homes',
    storage_root: 's3://homes-lake',
    isolation_mode: 'ISOLATED',
    force_destroy: false,
    depends_on: [expect.stringContaining('databricks_external_location.')],
  });
  const schemas = stack.all('databricks_schema');
  expect(schemas.map(({ name, force_destroy }) => [name, force_destroy])).toEqual([
    ['bronze', false],
    ['gold', false],
    ['silver', false],
  ]);
  expect(stack.all('databricks_grants')).toEqual([]);
});

test('grants: one resource for each securable, and none below a schema', () => {
  const stack = synthesized((scope) =>
    catalogOf(scope, {
      grants: [{ principal: analysts, privileges: ['USE_CATALOG'] }],
      schemaGrants: {
        gold: [{ principal: analysts, privileges: ['USE_SCHEMA', 'SELECT'] }],
        silver: [{ principal: data_engineers, privileges: ['USE_SCHEMA'] }],
      },
    }),
  );
  const grants = stack.all('databricks_grants');
  expect(grants).toHaveLength(3);
  expect(stack.one('databricks_grants', 'catalog_grants')).toMatchObject({
    catalog: expect.stringContaining('databricks_catalog.'),
    grant: [{ principal: 'ann@example.com', privileges: ['USE_CATALOG'] }],
  });
  expect(stack.one('databricks_grants', 'catalog_gold').schema).toMatch(
    /^\$\{databricks_catalog\.\w+\.name\}\.\$\{databricks_schema\.catalog_gold_\w+\.name\}$/,
  );
  for (const grant of grants) expect(grant).not.toHaveProperty('table');
});

test('both keys to losing data turned', () => {
  const environment = testEnvironment({ allowDataLoss: true });
  const stack = synthesized((scope) => catalogOf(scope, { mayLoseData: true }), environment);
  expect(stack.one('databricks_catalog').force_destroy).toBe(true);
  expect(stack.all('databricks_schema').every(({ force_destroy }) => force_destroy === true)).toBe(true);
});

test('a name Unity Catalog would fold or refuse', () => {
  const error = refused((scope) => catalogOf(scope, { catalogName: 'Homes-Dev' }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_CATALOG_NAME', expect.stringContaining('"Homes-Dev"')]);
});

test('storage that cannot be written', () => {
  const error = refused((scope) => catalogOf(scope, { storage: accessOf(scope, { access: 'read' }) }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_CATALOG_STORAGE', expect.stringContaining('(got "read")')]);
});

test("a catalog's privilege on a schema", () => {
  const schemaGrants = { gold: [{ principal: analysts, privileges: ['USE_CATALOG'] }] } as const;
  const error = refused((scope) => catalogOf(scope, { schemaGrants }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_CATALOG_GRANT', expect.stringContaining('schemaGrants.gold')]);
});
